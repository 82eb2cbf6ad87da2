import { ApiError, errorFromAnswer, networkError } from './api-error.ts';

/** Anything that turns an unknown value into T or throws: the contracts' zod schemas. */
export interface Parser<T> {
  parse(value: unknown): T;
}

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
}

/** Calls the API and returns the raw body. Throws ApiError; an abort passes through as it is. */
export async function send(path: string, { method = 'GET', body, signal }: Options = {}): Promise<string> {
  const request = `${method} ${path}`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: body === undefined ? undefined : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    text = await response.text();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw networkError(request);
  }
  if (!response.ok) throw errorFromAnswer(response.status, text, request);
  return text;
}

/** Calls the API and parses the answer with the contract's schema. */
export async function call<T>(path: string, schema: Parser<T>, options: Options = {}): Promise<T> {
  const text = await send(path, options);
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const request = `${options.method ?? 'GET'} ${path}`;
    const reason = cause instanceof Error ? cause.message.slice(0, 400) : String(cause);
    throw new ApiError({
      code: 'unexpected_answer',
      message: `The server's answer does not have the expected form. Page and server may be of different versions: reload. (${reason})`,
      status: 200,
      request,
    });
  }
}

/** '?a=1&b=x' without the undefined and empty values; '' when none is left. */
export function queryString(values: Record<string, string | number | boolean | null | undefined>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null && value !== '') parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}
