import { ApiError, errorFromAnswer, networkError } from './api-error.ts';

interface Upload {
  file: File;
  name?: string;
  field?: string;
  onProgress: (sentBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

/** Sends a dataset as multipart, text parts first as the server requires. XMLHttpRequest, because fetch cannot tell how
 *  much of a body has been sent. Rejects with ApiError. */
export function uploadDataset({ file, name, field, onProgress, signal }: Upload): Promise<void> {
  const form = new FormData();
  if (name) form.append('name', name);
  if (field) form.append('field', field);
  form.append('file', file);
  const request = 'POST /api/datasets';
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', '/api/datasets');
    xhr.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    xhr.onload = () =>
      xhr.status >= 200 && xhr.status < 300
        ? resolve()
        : reject(errorFromAnswer(xhr.status, xhr.responseText, request));
    xhr.onerror = () => reject(networkError(request));
    xhr.onabort = () =>
      reject(new ApiError({ code: 'network', message: 'The upload was cancelled.', status: 0, request }));
    signal.addEventListener('abort', () => xhr.abort());
    xhr.send(form);
  });
}
