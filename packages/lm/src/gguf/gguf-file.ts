import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { regularFileSize } from '../bounded-file.ts';
import { PACKED_BLOCK, type PackedMatrix, packedMatrix } from '../matrix.ts';
import { readFully } from '../read-fully.ts';
import { requireFinite, requireShape } from '../tensor-source.ts';
import { MoreBytesNeeded } from './byte-cursor.ts';
import { dequantise } from './dequantise.ts';
import { type GgufHeader, type GgufTensor, parseGgufHeader } from './header.ts';
import { PACKINGS } from './pack.ts';

/** The header is read in doubling steps from here on; most files without a large vocabulary need one. */
const FIRST_READ_BYTES = 4_194_304;
/** Packed bytes in memory while a tensor is read. */
const PIECE_BYTES = 4_194_304;

/** A GGUF file whose tensors are read one at a time from where they lie, in pieces: memory does not grow with the file. */
export class GgufFile {
  readonly file: string;
  readonly metadata: GgufHeader['metadata'];
  readonly tensors: GgufHeader['tensors'];
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, file: string, header: GgufHeader) {
    this.#handle = handle;
    this.file = file;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
  }

  /** Opens a file and checks its header. Throws ModelFormatError naming the file and, where one is at fault, the tensor. */
  static async open(path: string): Promise<GgufFile> {
    const name = basename(path);
    const sizeBytes = await regularFileSize(path);
    const handle = await open(path, 'r');
    try {
      return new GgufFile(handle, name, await readHeader(handle, { name, sizeBytes }));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Reads one tensor by the name it has in the file, as float32, row-major. Throws ModelFormatError when it is absent,
   *  of another shape, or holds a NaN or an infinity. */
  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    const tensor = this.#require(name, shape);
    const values = new Float32Array(tensor.nElements);
    const { type } = tensor;
    await this.#readPieces(tensor, (piece, firstElement) => {
      const nValues = (piece.length / type.bytes) * type.elements;
      dequantise(type.name, piece, values.subarray(firstElement, firstElement + nValues));
    });
    requireFinite(values, { file: this.file, tensor: name });
    return values;
  }

  /** The same, packed as the file has it; null where its type has no such form of at most maxBits bits. */
  async readPacked(
    name: string,
    shape: readonly number[],
    maxBits: PackedMatrix['bits'],
  ): Promise<PackedMatrix | null> {
    const tensor = this.#require(name, shape);
    const packing = PACKINGS[tensor.type.name];
    if (!packing || packing.bits > maxBits) return null;
    const matrix = packedMatrix(tensor.nElements, packing);
    await this.#readPieces(tensor, (piece, firstElement) => packing.pack(piece, matrix, firstElement / PACKED_BLOCK));
    requireFinite(matrix.scales, { file: this.file, tensor: name });
    if (matrix.offsets) requireFinite(matrix.offsets, { file: this.file, tensor: name });
    return matrix;
  }

  #require(name: string, shape: readonly number[]): GgufTensor {
    const tensor = this.tensors.get(name);
    requireShape({ file: this.file, tensor: name, stored: tensor?.shape }, shape);
    return tensor as GgufTensor;
  }

  /** Hands over the tensor's bytes, whole blocks at a time, with the place of the first value in them. */
  async #readPieces(
    { type, begin, nBytes }: GgufTensor,
    take: (piece: Uint8Array, firstElement: number) => void,
  ): Promise<void> {
    const blocksAPiece = Math.floor(PIECE_BYTES / type.bytes);
    const buffer = new Uint8Array(Math.min(nBytes, blocksAPiece * type.bytes));
    for (let done = 0; done < nBytes; done += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, nBytes - done));
      await readFully(this.#handle, piece, { position: begin + done, file: this.file });
      take(piece, (done / type.bytes) * type.elements);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readHeader(handle: FileHandle, file: { name: string; sizeBytes: number }): Promise<GgufHeader> {
  let nBytes = Math.min(file.sizeBytes, FIRST_READ_BYTES);
  for (;;) {
    const bytes = new Uint8Array(nBytes);
    await readFully(handle, bytes, { position: 0, file: file.name });
    try {
      return parseGgufHeader(bytes, file);
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded)) throw error;
      nBytes = Math.min(file.sizeBytes, Math.max(error.upTo, nBytes * 2));
    }
  }
}
