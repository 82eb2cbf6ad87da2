import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, truncate } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sizeOf } from './cache-layout.ts';
import { errorOfStatus, HubError } from './errors.ts';
import type { GuardedGet } from './guarded-request.ts';

/** Attempts in a row that bring no byte. */
const maxIdleAttempts = 5;

export interface BlobRequest {
  /** What messages call it. */
  name: string;
  url: string;
  sizeBytes: number;
  /** sha256 of the content, or its git hash (sha1 of "blob <size>\0" and the content). */
  blobId: string;
  /** Where the complete file goes. */
  target: string;
  signal?: AbortSignal;
  onBytes?: (nBytes: number) => void;
  /** Pause after a failed attempt, doubled with each further one. */
  retryDelayMs: number;
}

/** Downloads a file, going on where an earlier attempt ended, in this process or another. Only a complete one whose size and
 *  hash agree gets its name. Throws HubError. */
export async function downloadBlob(get: GuardedGet, request: BlobRequest): Promise<void> {
  const { name, target, sizeBytes, onBytes, signal } = request;
  if ((await sizeOf(target)) === sizeBytes && sizeBytes > 0) return onBytes?.(sizeBytes);
  const incomplete = `${target}.incomplete`;
  await mkdir(path.dirname(target), { recursive: true });
  if ((await sizeOf(incomplete)) > sizeBytes) await rm(incomplete);
  let known = await sizeOf(incomplete);
  onBytes?.(known);
  for (let idle = 0; known < sizeBytes; ) {
    signal?.throwIfAborted();
    const failure = await appendRest(get, request, incomplete).then(
      () => new HubError('unavailable', `The hub ends ${name} too early. Try again later.`),
      (error: unknown) => error,
    );
    const size = await sizeOf(incomplete);
    idle = size > known ? 0 : idle + 1;
    known = size;
    if (known === sizeBytes) break;
    if (signal?.aborted || !isPassing(failure) || idle >= maxIdleAttempts) throw failure;
    await sleep(request.retryDelayMs * 2 ** idle, undefined, { signal });
  }
  const handle = await open(incomplete, 'a');
  await handle.sync();
  await handle.close();
  if ((await hashOf(incomplete, request)) !== request.blobId) {
    await rm(incomplete);
    throw new HubError(
      'unusable',
      `${name} is not what the hub says that it is: its hash differs. It was removed; try again.`,
    );
  }
  await rename(incomplete, target);
}

/** Downloads a file's first nBytes and leaves them as the beginning of a download. Returns the file that has them, which is the
 *  complete one where it is there. Throws HubError. */
export async function downloadHead(get: GuardedGet, request: BlobRequest, nBytes: number): Promise<string> {
  const { name, target, sizeBytes, signal } = request;
  if ((await sizeOf(target)) === sizeBytes) return target;
  const incomplete = `${target}.incomplete`;
  await mkdir(path.dirname(target), { recursive: true });
  if ((await sizeOf(incomplete)) > sizeBytes) await rm(incomplete);
  for (let attempt = 1; (await sizeOf(incomplete)) < nBytes; attempt++) {
    const failure = await appendRest(get, { ...request, endByte: nBytes }, incomplete).then(
      () => new HubError('unavailable', `The hub ends ${name} too early. Try again later.`),
      (error: unknown) => error,
    );
    if ((await sizeOf(incomplete)) >= nBytes) break;
    if (signal?.aborted || !isPassing(failure) || attempt >= maxIdleAttempts) throw failure;
    await sleep(request.retryDelayMs * 2 ** attempt, undefined, { signal });
  }
  return incomplete;
}

/** A connection that broke, or a hub that is busy: worth another attempt. */
function isPassing(error: unknown): boolean {
  if (error instanceof HubError) return error.failure === 'unavailable';
  return ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}

/** endByte: up to where, not included; left out, all of the file. */
async function appendRest(
  get: GuardedGet,
  { name, url, sizeBytes, signal, onBytes, endByte }: BlobRequest & { endByte?: number },
  incomplete: string,
): Promise<void> {
  const begin = await sizeOf(incomplete);
  const isPart = begin > 0 || endByte !== undefined;
  const range = `bytes=${begin}-${endByte === undefined ? '' : endByte - 1}`;
  const answer = await get(url, { headers: isPart ? { range } : {}, signal });
  try {
    const position = await agreedBegin(answer, { name, sizeBytes, begin, incomplete });
    onBytes?.(position - begin);
    const handle = await open(incomplete, 'a');
    let size = position;
    try {
      for await (const chunk of answer) {
        size += chunk.length;
        if (size > sizeBytes)
          throw new HubError('unusable', `${name} is longer than the ${sizeBytes} bytes that the hub says. Try again.`);
        await handle.appendFile(chunk);
        onBytes?.(chunk.length);
        if (endByte !== undefined && size >= endByte) break;
      }
    } finally {
      await handle.close();
    }
  } finally {
    answer.destroy();
  }
}

/** Where the answer's bytes belong: behind what is there, or at the beginning where the hub gives all of it. */
async function agreedBegin(
  answer: IncomingMessage,
  { name, sizeBytes, begin, incomplete }: { name: string; sizeBytes: number; begin: number; incomplete: string },
): Promise<number> {
  const status = answer.statusCode ?? 0;
  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.headers['content-range'] ?? '');
    if (range && Number(range[1]) === begin && (range[2] === '*' || Number(range[2]) === sizeBytes)) return begin;
    throw new HubError('unusable', `The hub gives another part of ${name} than was asked for. Try again.`);
  }
  if (status === 200) {
    const length = answer.headers['content-length'];
    if (length !== undefined && Number(length) !== sizeBytes)
      throw new HubError('unusable', `${name} has ${length} bytes; the hub's list says ${sizeBytes}. Try again.`);
    if (begin > 0) await truncate(incomplete, 0);
    return 0;
  }
  throw errorOfStatus(status, name);
}

async function hashOf(file: string, { blobId, sizeBytes, signal }: BlobRequest): Promise<string> {
  const isGitHash = blobId.length === 40;
  const hash = createHash(isGitHash ? 'sha1' : 'sha256');
  if (isGitHash) hash.update(`blob ${sizeBytes}\0`);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20, signal })) hash.update(chunk);
  return hash.digest('hex');
}
