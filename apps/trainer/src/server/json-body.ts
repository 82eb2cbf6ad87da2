import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../app-error.ts';

export const maxJsonBytes = 1024 ** 2;
const maxJsonDepth = 32;

/** Accepts application/json alone, strictly: UTF-8, bounded in size and depth, without NUL and `__proto__`. */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: maxJsonBytes },
    // Clients set the header on every POST, also on those without a body.
    async (_request: FastifyRequest, bytes: Buffer) => (bytes.length === 0 ? undefined : parseJsonBody(bytes)),
  );
}

/** Throws AppError malformed_json or invalid_request. */
export function parseJsonBody(bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('malformed_json', 'The body is not valid UTF-8. Encode it so.', { cause });
  }
  if (depthExceeds(text, maxJsonDepth))
    throw new AppError('malformed_json', `The body nests deeper than ${maxJsonDepth} levels. Flatten it.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const message = `The body is not valid JSON: ${(cause as Error).message}. Correct it and send it again.`;
    throw new AppError('malformed_json', message, { cause });
  }
  refuseHostileText(value);
  return value;
}

/** Counts brackets outside strings, without recursion: a parser would overflow its stack on a hostile text. */
export function depthExceeds(text: string, maxDepth: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text.charCodeAt(i);
    if (inString) {
      if (character === 92) i++;
      else if (character === 34) inString = false;
    } else if (character === 34) inString = true;
    else if (character === 91 || character === 123) {
      if (++depth > maxDepth) return true;
    } else if (character === 93 || character === 125) depth--;
  }
  return false;
}

/** NUL is what PostgreSQL refuses in text; the key `__proto__` reaches into prototypes where objects are merged. */
function refuseHostileText(value: unknown): void {
  if (typeof value === 'string' && value.includes('\u0000'))
    throw new AppError('invalid_request', 'The body contains a NUL character (\\u0000). Remove it.');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__')
      throw new AppError('invalid_request', 'Unknown field "__proto__". Remove it.', { field: key });
    refuseHostileText(key);
    refuseHostileText(item);
  }
}
