import { fromHalves, scaleExponent, toHalves } from './float16.ts';

/** Grows when what a shard's rows are changes: the order of contexts, the rules of exclusion, the arithmetic of the models. */
export const shardFormatVersion = 1;

/** The usable activations of some contexts. */
export interface ShardContent {
  /** [nRows, width] float32 at the front. */
  rows: Float32Array;
  nRows: number;
  width: number;
  /** Each context's rows are [rowStart, rowEnd), one after another. */
  contexts: { contextIndex: number; rowStart: number; rowEnd: number }[];
  /** [nRows], position of each row in its context. */
  positions: Uint16Array;
  /** Rows left out. */
  excluded: { special: number; outlierNorm: number };
  /** The norm above which rows were left out; Infinity for none. */
  outlierNorm: number;
}

/** Bytes that are no shard, or not the shard they should be. */
export class ShardFormatError extends Error {
  override name = 'ShardFormatError';
}

interface TensorEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A shard as a safetensors file: `contexts` U32 [nContexts], `row_ends` U32 [nContexts], `activations` F16 [nRows, width] and
 *  `positions` U16 [nRows]; the activations are to be multiplied by 2^scale_exponent of the metadata. A function of the content:
 *  two writers of one shard write the same bytes. Relative error at most 2^-11 for values down to 2^-29 of the shard's
 *  greatest, and below that an absolute error of 2^-40 of the greatest. Throws RangeError for values that are not finite. */
export function encodeShard(shard: ShardContent): Uint8Array {
  const { nRows, width } = shard;
  const rows = shard.rows.subarray(0, nRows * width);
  const exponent = scaleExponent(rows);
  const halves = new Uint16Array(rows.length);
  toHalves(rows, 2 ** -exponent, halves);
  // The wide ones first, so that all are aligned.
  const parts: [string, string, number[], ArrayBufferView][] = [
    ['contexts', 'U32', [shard.contexts.length], Uint32Array.from(shard.contexts, ({ contextIndex }) => contextIndex)],
    ['row_ends', 'U32', [shard.contexts.length], Uint32Array.from(shard.contexts, ({ rowEnd }) => rowEnd)],
    ['activations', 'F16', [nRows, width], halves],
    ['positions', 'U16', [nRows], shard.positions.subarray(0, nRows)],
  ];
  const header: Record<string, unknown> = {
    __metadata__: {
      format: `featurescope-activations/${shardFormatVersion}`,
      scale_exponent: String(exponent),
      outlier_norm: String(shard.outlierNorm),
      excluded_special: String(shard.excluded.special),
      excluded_outlier_norm: String(shard.excluded.outlierNorm),
    },
  };
  let offset = 0;
  for (const [name, dtype, shape, { byteLength }] of parts) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + byteLength] } satisfies TensorEntry;
    offset += byteLength;
  }
  const text = Buffer.from(padded(JSON.stringify(header)));
  const bytes = new Uint8Array(8 + text.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const [, , , data] of parts) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** The header's length is a multiple of eight, as readers that map a file into memory like it. */
const padded = (text: string) => text.padEnd(Math.ceil(text.length / 8) * 8);

/** The content of a shard's bytes. Throws ShardFormatError for anything that `encodeShard` would not have written. */
export function decodeShard(bytes: Uint8Array): ShardContent {
  const { header, data } = readHeader(bytes);
  const metadata = header.__metadata__ as unknown as Record<string, string> | undefined;
  if (metadata?.format !== `featurescope-activations/${shardFormatVersion}`)
    throw new ShardFormatError(`The file's format is "${metadata?.format}", not featurescope-activations/1`);
  const [nRows, width] = header.activations?.shape ?? [];
  const part = (name: string, dtype: string, shape: number[], bytesPerValue: number) => {
    const entry = header[name];
    const sizeBytes = shape.reduce((product, size) => product * size, bytesPerValue);
    const [start, end] = entry?.data_offsets ?? [];
    if (entry?.dtype !== dtype || entry.shape.join() !== shape.join() || end - start !== sizeBytes || end > data.length)
      throw new ShardFormatError(`The tensor "${name}" is not ${dtype} [${shape}] in ${data.length} bytes`);
    // A copy is aligned, wherever the bytes lie. (A Buffer's own slice would be none.)
    return Uint8Array.prototype.slice.call(data, start, end).buffer as ArrayBuffer;
  };
  const nContexts = header.contexts?.shape[0];
  const halves = new Uint16Array(part('activations', 'F16', [nRows, width], 2));
  const contextIndices = new Uint32Array(part('contexts', 'U32', [nContexts], 4));
  const rowEnds = new Uint32Array(part('row_ends', 'U32', [nContexts], 4));
  const positions = new Uint16Array(part('positions', 'U16', [nRows], 2));
  const rows = new Float32Array(halves.length);
  fromHalves(halves, 2 ** Number(metadata.scale_exponent), rows);
  return {
    ...{ rows, nRows, width, positions },
    contexts: contextsOf(contextIndices, rowEnds, nRows),
    excluded: { special: Number(metadata.excluded_special), outlierNorm: Number(metadata.excluded_outlier_norm) },
    outlierNorm: Number(metadata.outlier_norm),
  };
}

function readHeader(bytes: Uint8Array): { header: Record<string, TensorEntry>; data: Uint8Array } {
  try {
    const length = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true));
    if (length > bytes.length - 8) throw new RangeError(`${bytes.length} bytes cannot hold a header of ${length}`);
    const header = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + 8, length).toString('utf8'));
    return { header, data: bytes.subarray(8 + length) };
  } catch (cause) {
    throw new ShardFormatError(`The bytes are no safetensors file: ${(cause as Error).message}`, { cause });
  }
}

function contextsOf(indices: Uint32Array, rowEnds: Uint32Array, nRows: number): ShardContent['contexts'] {
  let rowStart = 0;
  const contexts = Array.from(indices, (contextIndex, j) => {
    const context = { contextIndex, rowStart, rowEnd: rowEnds[j] };
    if (context.rowEnd < rowStart)
      throw new ShardFormatError(`The rows of context ${contextIndex} end before they begin`);
    rowStart = context.rowEnd;
    return context;
  });
  if (rowStart !== nRows) throw new ShardFormatError(`The contexts have ${rowStart} rows; the shard has ${nRows}`);
  return contexts;
}
