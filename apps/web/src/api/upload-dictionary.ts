import { type DictionaryUpload, dictionaryUploadSchema } from '@featurescope/contracts';
import { sendForm } from './send-form.ts';

interface Upload {
  files: File[];
  folder: string;
  onProgress: (sentBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

/** Sends the files of a dictionary, the folder first as the server requires. Rejects with ApiError. */
export async function uploadDictionary({ files, folder, ...progress }: Upload): Promise<DictionaryUpload> {
  const form = new FormData();
  form.append('folder', folder);
  for (const file of files) form.append('file', file, file.name);
  return dictionaryUploadSchema.parse(JSON.parse(await sendForm('/api/dictionaries/uploads', form, progress)));
}
