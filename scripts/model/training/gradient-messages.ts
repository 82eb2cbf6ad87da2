import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';

/** What the trainer sends a helper process: vectors travel through files in memory, the rest by message. */
export interface GradientRequest {
  readonly parametersPath: string;
  readonly gradientPath: string;
  readonly nParameters: number;
  readonly inputs: number[];
  readonly targets: number[];
  readonly microBatch: number;
}

export interface GradientReply {
  readonly loss: number;
}

export function writeVector(path: string, vector: Float32Array): void {
  writeFileSync(path, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
}

export function readVector(path: string, length: number): Float32Array {
  const vector = new Float32Array(length);
  const bytes = new Uint8Array(vector.buffer);
  const file = openSync(path, 'r');
  let done = 0;
  while (done < bytes.length) {
    const read = readSync(file, bytes, done, bytes.length - done, done);
    if (read === 0) throw new Error(`${path} ends after ${done} of ${bytes.length} bytes`);
    done += read;
  }
  closeSync(file);
  return vector;
}
