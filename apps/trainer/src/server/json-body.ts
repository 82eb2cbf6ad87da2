import type { FastifyInstance } from 'fastify';
import { AppError } from '../app-error.ts';

export const maxJsonBytes = 1024 ** 2;
const maxJsonDepth = 32;

/** Accepts application/json alone, strictly: UTF-8, bounded in size and depth, without NUL and `__proto__`. */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: maxJsonBytes },
    (request, bytes: Buffer, done) => {
      // Clients set the header on every POST, also on those without a body.
      if (bytes.length === 0) return done(null, undefined);
      try {
        const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
        if (depthExceeds(text, maxJsonDepth))
          throw new AppError('malformed_json', `The body nests deeper than ${maxJsonDepth} levels. Flatten it.`);
        parseJson(request, text, (error, value) => {
          if (error) return done(malformed(error));
          if (containsNul(value))
            return done(new AppError('invalid_request', 'The body contains a NUL character (\\u0000). Remove it.'));
          done(null, value);
        });
      } catch (error) {
        done(error instanceof AppError ? error : malformed(error as Error));
      }
    },
  );
}

function malformed(cause: Error): AppError {
  return new AppError('malformed_json', `The body is not valid JSON: ${cause.message}. Correct it and send it again.`, {
    cause,
  });
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

function containsNul(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\u0000');
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key.includes('\u0000') || containsNul(item));
}
