import { ModelFormatError } from '../errors.ts';

/** Thrown when parsing needs bytes of the file that were not read yet; the reader fetches them and starts again. */
export class MoreBytesNeeded extends Error {
  readonly upTo: number;

  constructor(upTo: number) {
    super(`${upTo} bytes are needed`);
    this.upTo = upTo;
  }
}

/** Reads little-endian values from the beginning of a file of which only the first bytes are in memory.
 *  Throws ModelFormatError where the file itself ends, or `limit` is passed, before a value does. */
export class ByteCursor {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #file: { name: string; sizeBytes: number; limit: number };

  constructor(bytes: Uint8Array, file: { name: string; sizeBytes: number; limit: number }) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#file = file;
  }

  /** Throws unless that many more bytes exist. what: named in the message. */
  require(nBytes: number, what: string): void {
    const { name, sizeBytes, limit } = this.#file;
    const end = this.position + nBytes;
    if (end > sizeBytes) {
      throw new ModelFormatError(
        `${name} is cut off or damaged: ${what} at byte ${this.position} takes ${nBytes} bytes, the file has ${sizeBytes}`,
        { file: name, sizeBytes },
      );
    }
    if (end > limit) {
      throw new ModelFormatError(`${name}: ${what} reaches byte ${end}; a header of at most ${limit} bytes is read`, {
        file: name,
      });
    }
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.#take(4, what), true);
  }

  /** A 64-bit count or offset. Throws ModelFormatError beyond 2^53: no file is that large. */
  size(what: string): number {
    const value = this.#view.getBigUint64(this.#take(8, what), true);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    throw new ModelFormatError(`${this.#file.name}: ${what} is ${value}, larger than any file`, {
      file: this.#file.name,
    });
  }

  string(what: string): string {
    const length = this.size(`the length of ${what}`);
    const start = this.#take(length, what);
    try {
      return UTF8.decode(this.#bytes.subarray(start, start + length));
    } catch (cause) {
      throw new ModelFormatError(`${this.#file.name}: ${what} is not UTF-8`, { file: this.#file.name }, cause);
    }
  }

  /** A view of a value's bytes. */
  value<T>(nBytes: number, what: string, read: (view: DataView, offset: number) => T): T {
    return read(this.#view, this.#take(nBytes, what));
  }

  #take(nBytes: number, what: string): number {
    this.require(nBytes, what);
    const start = this.position;
    if (start + nBytes > this.#bytes.length) throw new MoreBytesNeeded(start + nBytes);
    this.position += nBytes;
    return start;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
