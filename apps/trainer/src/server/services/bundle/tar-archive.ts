/** A file of an archive; its length is known before its content. */
export interface TarEntry {
  /** With slashes, at most 100 bytes of ASCII. */
  name: string;
  sizeBytes: number;
  content: Uint8Array | AsyncIterable<Uint8Array>;
}

const blockBytes = 512;
/** What eleven octal digits hold: 8 GiB. */
const maxEntryBytes = 8 ** 11 - 1;

/** The bytes of a tar archive (POSIX ustar), entry after entry: memory holds no more than one entry's chunk. modifiedAt: of every file.
 *  Throws RangeError for a name or size that the format does not hold, and Error where an entry is not as long as it said. */
export async function* tarArchive(
  entries: AsyncIterable<TarEntry> | Iterable<TarEntry>,
  modifiedAt: Date,
): AsyncGenerator<Uint8Array> {
  for await (const { name, sizeBytes, content } of entries) {
    yield header({ name, sizeBytes, modifiedAt });
    let written = 0;
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== sizeBytes) throw new Error(`${name} said it had ${sizeBytes} bytes, but had ${written}`);
    const padding = (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
    if (padding > 0) yield new Uint8Array(padding);
  }
  yield new Uint8Array(2 * blockBytes);
}

function header({ name, sizeBytes, modifiedAt }: { name: string; sizeBytes: number; modifiedAt: Date }): Uint8Array {
  if (!/^[\x20-\x7e]{1,100}$/.test(name)) throw new RangeError(`"${name}" is no name of at most 100 ASCII characters`);
  if (sizeBytes > maxEntryBytes) throw new RangeError(`${name} has ${sizeBytes} bytes; tar holds ${maxEntryBytes}`);
  const block = Buffer.alloc(blockBytes);
  const octal = (value: number, digits: number) => `${Math.floor(value).toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o644, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(sizeBytes, 11), 124);
  block.write(octal(modifiedAt.getTime() / 1000, 11), 136);
  // The checksum is taken with blanks in its own place.
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\0', 257);
  block.write('00', 263);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
