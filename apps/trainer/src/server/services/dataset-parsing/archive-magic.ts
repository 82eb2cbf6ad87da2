import { datasetError } from './dataset-error.ts';

const archives: [name: string, ...bytes: number[]][] = [
  ['a ZIP archive', 0x50, 0x4b, 0x03, 0x04],
  ['a ZIP archive', 0x50, 0x4b, 0x05, 0x06],
  ['a gzip file', 0x1f, 0x8b],
  ['a bzip2 file', 0x42, 0x5a, 0x68],
  ['an xz file', 0xfd, 0x37, 0x7a, 0x58, 0x5a],
  ['a zstd file', 0x28, 0xb5, 0x2f, 0xfd],
  ['a 7z archive', 0x37, 0x7a, 0xbc, 0xaf],
  ['a RAR archive', 0x52, 0x61, 0x72, 0x21],
  ['a PDF', 0x25, 0x50, 0x44, 0x46, 0x2d],
  ['a Parquet file', 0x50, 0x41, 0x52, 0x31],
];
const encodings: [name: string, ...bytes: number[]][] = [
  ['UTF-16', 0xff, 0xfe],
  ['UTF-16', 0xfe, 0xff],
];
const tarMagicAt = 257;
/** Enough bytes to know what a file is. */
export const magicBytes = tarMagicAt + 5;

/** Throws dataset_invalid for a file whose first bytes say that it is no plain UTF-8 text. */
export function refuseForeignFormats(first: Buffer): void {
  const begins = ([, ...bytes]: [string, ...number[]]) => bytes.every((byte, i) => first[i] === byte);
  const archive = archives.find(begins)?.[0] ?? (isTar(first) ? 'a tar archive' : undefined);
  if (archive) throw datasetError(`The file is ${archive}. Unpack or convert it, and upload the text itself.`);
  const encoding = encodings.find(begins)?.[0];
  if (encoding) throw datasetError(`The file is encoded in ${encoding}. Convert it to UTF-8, for example with iconv.`);
}

function isTar(first: Buffer): boolean {
  return first.subarray(tarMagicAt, tarMagicAt + 5).toString('latin1') === 'ustar';
}
