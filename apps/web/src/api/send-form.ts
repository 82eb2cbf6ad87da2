import { ApiError, errorFromAnswer, networkError } from './api-error.ts';

interface FormProgress {
  onProgress: (sentBytes: number, totalBytes: number) => void;
  signal: AbortSignal;
}

/** Sends a multipart form and returns the answer's body. XMLHttpRequest, because fetch cannot tell how much of a body has been
 *  sent. Rejects with ApiError. */
export function sendForm(path: string, form: FormData, { onProgress, signal }: FormProgress): Promise<string> {
  const request = `POST ${path}`;
  return new Promise((resolve, reject) => {
    const xhr = new XMLHttpRequest();
    xhr.open('POST', path);
    xhr.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    xhr.onload = () =>
      xhr.status >= 200 && xhr.status < 300
        ? resolve(xhr.responseText)
        : reject(errorFromAnswer(xhr.status, xhr.responseText, request));
    xhr.onerror = () => reject(networkError(request));
    xhr.onabort = () =>
      reject(new ApiError({ code: 'network', message: 'The upload was cancelled.', status: 0, request }));
    signal.addEventListener('abort', () => xhr.abort(), { once: true });
    xhr.send(form);
  });
}
