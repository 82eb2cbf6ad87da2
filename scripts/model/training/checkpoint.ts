import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** One line of the loss history. */
export interface LossPoint {
  readonly step: number;
  readonly tokens: number;
  /** Mean training cross-entropy in nats a token since the previous point. */
  readonly loss: number;
  readonly learningRate: number;
}

/** Everything a run needs to go on exactly where it was. */
export interface TrainingState {
  step: number;
  tokens: number;
  windowPosition: number;
  /** Seconds spent training, over all processes. */
  seconds: number;
  history: LossPoint[];
  parameters: Float32Array;
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

/** Layout: uint32 header length, JSON header, then the three vectors. Written beside and renamed, so that a reader
 *  or a crash sees the old file or the new one, never half of it. */
export function saveCheckpoint(directory: string, state: TrainingState, name = 'checkpoint.bin'): void {
  mkdirSync(directory, { recursive: true });
  const { parameters, firstMoment, secondMoment, ...rest } = state;
  const header = Buffer.from(JSON.stringify({ ...rest, nParameters: parameters.length }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const staging = join(directory, `${name}.tmp`);
  const file = openSync(staging, 'w');
  for (const part of [length, header, bytesOf(parameters), bytesOf(firstMoment), bytesOf(secondMoment)])
    writeAll(file, part);
  fsyncSync(file);
  closeSync(file);
  renameSync(staging, join(directory, name));
}

/** Undefined when there is no checkpoint yet. */
export function loadCheckpoint(directory: string, name = 'checkpoint.bin'): TrainingState | undefined {
  const path = join(directory, name);
  if (!existsSync(path)) return undefined;
  const file = readFileSync(path);
  const headerLength = file.readUInt32LE(0);
  const { nParameters, ...rest } = JSON.parse(file.toString('utf8', 4, 4 + headerLength)) as Omit<
    TrainingState,
    'parameters' | 'firstMoment' | 'secondMoment'
  > & { nParameters: number };
  const vector = (index: number) => {
    const start = 4 + headerLength + index * 4 * nParameters;
    // A copy: a Float32Array needs an aligned buffer of its own.
    return new Float32Array(Uint8Array.from(file.subarray(start, start + 4 * nParameters)).buffer);
  };
  return { ...rest, parameters: vector(0), firstMoment: vector(1), secondMoment: vector(2) };
}

function bytesOf(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

function writeAll(file: number, buffer: Buffer): void {
  for (let done = 0; done < buffer.length; ) done += writeSync(file, buffer, done);
}
