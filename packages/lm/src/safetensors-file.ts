import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { regularFileSize } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';
import { bfloat16ToFloat32, float16ToFloat32 } from './half-precision.ts';
import { readFully } from './read-fully.ts';
import { parseSafetensorsHeader, type TensorEntry } from './safetensors-header.ts';
import { requireFinite, requireShape, sumBytes, type TensorSource } from './tensor-source.ts';

const MAX_HEADER_BYTES = 100_000_000;

/** A safetensors file whose tensors are read one at a time, so that no weight is in memory twice.
 *  Layout: 8 bytes little-endian header length, a JSON header, then the data section. */
export class SafetensorsFile implements TensorSource {
  readonly file: string;
  readonly entries: ReadonlyMap<string, TensorEntry>;
  readonly #handle: FileHandle;
  readonly #dataStart: number;

  private constructor(
    handle: FileHandle,
    file: string,
    layout: { entries: Map<string, TensorEntry>; dataStart: number },
  ) {
    this.#handle = handle;
    this.file = file;
    this.entries = layout.entries;
    this.#dataStart = layout.dataStart;
  }

  /** Opens and validates a file. Throws ModelFormatError naming the file and, where one is at fault, the tensor. */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = basename(path);
    const size = await regularFileSize(path);
    const handle = await open(path, 'r');
    try {
      if (size < 8) throw new ModelFormatError(`${file} has ${size} bytes, too few for a safetensors file`, { file });
      const lengthBytes = new Uint8Array(8);
      await readFully(handle, lengthBytes, { position: 0, file });
      const headerBytes = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
      if (headerBytes > MAX_HEADER_BYTES || headerBytes > size - 8) {
        throw new ModelFormatError(
          `${file} declares a header of ${headerBytes} bytes; the file has ${size} and the limit is ${MAX_HEADER_BYTES}`,
          { file, headerBytes, sizeBytes: size },
        );
      }
      const header = new Uint8Array(headerBytes);
      await readFully(handle, header, { position: 8, file });
      const dataStart = 8 + headerBytes;
      return new SafetensorsFile(handle, file, {
        entries: parseSafetensorsHeader(header, size - dataStart, file),
        dataStart,
      });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Reads one tensor as float32, row-major. Throws ModelFormatError when it is absent, of another shape, or not finite. */
  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    const entry = this.entries.get(name);
    requireShape({ file: this.file, tensor: name, stored: entry?.shape }, shape);
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    await this.#readInto(values, entry as TensorEntry);
    requireFinite(values, { file: this.file, tensor: name });
    return values;
  }

  async #readInto(target: Float32Array, entry: TensorEntry): Promise<void> {
    const place = { position: this.#dataStart + entry.begin, file: this.file };
    if (entry.dtype === 'F32') {
      await readFully(this.#handle, new Uint8Array(target.buffer), place);
      return;
    }
    const halves = new Uint16Array(target.length);
    await readFully(this.#handle, new Uint8Array(halves.buffer), place);
    if (entry.dtype === 'F16') float16ToFloat32(halves, target);
    else bfloat16ToFloat32(halves, target);
  }

  bytesByType(): ReadonlyMap<string, number> {
    return sumBytes([...this.entries.values()].map(({ dtype, begin, end }) => [dtype, end - begin]));
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
