import { sendForm } from './send-form.ts';

interface Upload {
  file: File;
  name?: string;
  field?: string;
  onProgress: (sentBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

/** Sends a dataset as multipart, text parts first as the server requires. Rejects with ApiError. */
export async function uploadDataset({ file, name, field, ...progress }: Upload): Promise<void> {
  const form = new FormData();
  if (name) form.append('name', name);
  if (field) form.append('field', field);
  form.append('file', file);
  await sendForm('/api/datasets', form, progress);
}
