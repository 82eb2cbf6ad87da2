import { createHash } from 'node:crypto';

/** An id that follows from what it names, so that two workers that make the same thing meet at one place. */
export function idOfContent(parts: (string | number)[]): string {
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex');
  // Version 8 (custom) and the RFC 9562 variant.
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
