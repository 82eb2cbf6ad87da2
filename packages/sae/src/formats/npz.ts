import { type UnzipFileInfo, unzipSync } from 'fflate';
import { SaeFormatError } from '../errors.ts';
import { decodeNpy } from './npy.ts';
import type { TensorFile } from './tensor-file.ts';

/** Trained weights hardly shrink when packed; what grows by more than this is made to fill memory. */
const MAX_GROWTH = 20;
const MAX_ARRAYS = 64;

/** The arrays of a `.npz`, which is a zip of `.npy` files, as `numpy.savez` and `numpy.savez_compressed` write it. Only the wanted
 *  arrays are unpacked, after their claimed sizes are checked; an array gets no more memory than it claims. Throws
 *  SaeFormatError, which names the file and the array. */
export function decodeNpz(fileName: string, bytes: Uint8Array, wanted: readonly string[]): TensorFile {
  const unpacked = unzip(fileName, bytes, new Set(wanted.map((name) => `${name}.npy`)));
  const tensors: TensorFile['tensors'] = {};
  for (const [name, array] of Object.entries(unpacked))
    tensors[name.slice(0, -'.npy'.length)] = decodeNpy(`${fileName}: ${name}`, array);
  return { fileName, tensors };
}

function unzip(fileName: string, bytes: Uint8Array, wanted: Set<string>): Record<string, Uint8Array> {
  let nFiles = 0;
  let unpackedBytes = 0;
  const filter = ({ name, size, originalSize, compression }: UnzipFileInfo): boolean => {
    if (++nFiles > MAX_ARRAYS) throw new SaeFormatError(`${fileName} holds more than ${MAX_ARRAYS} files`);
    if (!wanted.has(name)) return false;
    unpackedBytes += originalSize;
    if (unpackedBytes > MAX_GROWTH * bytes.length || (compression === 0 && size !== originalSize))
      throw new SaeFormatError(
        `${fileName}: ${name} claims to unpack to ${originalSize} bytes from ${size}, in a file of ${bytes.length}`,
      );
    return true;
  };
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof SaeFormatError) throw error;
    throw new SaeFormatError(`${fileName} is no zip file that can be unpacked: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
