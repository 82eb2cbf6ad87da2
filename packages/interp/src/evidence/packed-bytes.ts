import { EvidenceFormatError } from '../errors.ts';

/** Appends little-endian numbers and varints (7 bits a byte, low first) to a growing buffer. */
export class ByteWriter {
  #buffer = new Uint8Array(1024);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  uint16(value: number): void {
    this.byte(value & 0xff);
    this.byte(value >>> 8);
  }

  float32(value: number): void {
    this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  /** 0 ≤ value < 2^32, an integer; anything else throws, since it would not come back. */
  varint(value: number): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
      throw new EvidenceFormatError(`${value} cannot be packed as an unsigned integer`);
    }
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#buffer.length) return;
    const larger = new Uint8Array(this.#buffer.length * 2);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

/** Reads what ByteWriter wrote. Every read past the end throws EvidenceFormatError. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  byte(): number {
    if (this.#offset >= this.#bytes.length) throw new EvidenceFormatError('Packed examples end too early');
    return this.#bytes[this.#offset++];
  }

  uint16(): number {
    return this.byte() | (this.byte() << 8);
  }

  float32(): number {
    const four = Uint8Array.of(this.byte(), this.byte(), this.byte(), this.byte());
    return new DataView(four.buffer).getFloat32(0, true);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 35; factor *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new EvidenceFormatError('A packed integer is longer than five bytes');
  }

  /** A varint that counts things of at least one byte each: never more than what is left. */
  count(): number {
    const count = this.varint();
    if (count > this.#bytes.length - this.#offset)
      throw new EvidenceFormatError(`A list of ${count} does not fit what is left`);
    return count;
  }

  expectEnd(): void {
    const left = this.#bytes.length - this.#offset;
    if (left > 0) throw new EvidenceFormatError(`${left} bytes follow the packed examples`);
  }
}
