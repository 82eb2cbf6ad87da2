import { HubError } from './errors.ts';
import type { GuardedGet } from './guarded-request.ts';

const maxBodyBytes = 16 * 1024 ** 2;
const maxRequests = 50;

/** `fetch` for the library's calls of the hub's API: guarded, with answers read whole up to 16 MiB and at most 50 requests,
 *  so that no list goes on for ever. */
export function createBoundedFetch(get: GuardedGet, signal?: AbortSignal): typeof fetch {
  let nRequests = 0;
  return async (input) => {
    if (++nRequests > maxRequests)
      throw new HubError(
        'unusable',
        `The hub's list of files goes on after ${maxRequests} pages. Name a folder further in, or another repository.`,
      );
    const url = input instanceof Request ? input.url : String(input);
    const answer = await get(url, { headers: { accept: 'application/json' }, signal });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of answer) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBodyBytes) {
        answer.destroy();
        throw new HubError(
          'unusable',
          `The hub's answer exceeds ${maxBodyBytes} bytes. Name a folder further in, or another repository.`,
        );
      }
      chunks.push(chunk);
    }
    const headers = new Headers();
    for (const name of ['content-type', 'link', 'x-error-code']) {
      const value = answer.headers[name];
      if (typeof value === 'string') headers.set(name, value);
    }
    return new Response(sizeBytes === 0 ? null : Buffer.concat(chunks), { status: answer.statusCode ?? 500, headers });
  };
}
