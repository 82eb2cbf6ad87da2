import { SaeFormatError } from '../errors.ts';
import { decodeSafetensors } from '../safetensors.ts';

/** The tensors of a file, by name, in row-major order. */
export interface TensorFile {
  fileName: string;
  tensors: Record<string, { shape: number[]; data: Float32Array | Float64Array }>;
}

/** A safetensors file. Throws SaeFormatError, which names the file. */
export function readSafetensorsFile(fileName: string, bytes: Uint8Array): TensorFile {
  try {
    return { fileName, tensors: decodeSafetensors(bytes).tensors };
  } catch (error) {
    if (error instanceof SaeFormatError) throw new SaeFormatError(`${fileName}: ${error.message}`, { cause: error });
    throw error;
  }
}

export function hasTensor(file: TensorFile, name: string): boolean {
  return Object.hasOwn(file.tensors, name);
}

/** A tensor of the given shape in float32. Throws SaeFormatError, which names file and tensor, when it is missing, has another
 *  shape, or a value that is not finite in float32. */
export function takeTensor(file: TensorFile, name: string, shape: number[]): Float32Array {
  if (!hasTensor(file, name)) {
    const found = Object.keys(file.tensors).slice(0, 20).join(', ') || 'none';
    throw new SaeFormatError(`${file.fileName} has no tensor ${name}; it has ${found}`);
  }
  const tensor = file.tensors[name];
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, i) => size !== shape[i])) {
    throw new SaeFormatError(`${file.fileName}: tensor ${name} must have shape [${shape}], but has [${tensor.shape}]`);
  }
  const data = tensor.data instanceof Float32Array ? tensor.data : Float32Array.from(tensor.data);
  const at = indexOfNonFinite(data);
  if (at >= 0)
    throw new SaeFormatError(`${file.fileName}: tensor ${name} has ${data[at]} at value ${at}: it must be finite`);
  return data;
}

/** A single number, stored as a scalar or as one value. */
export function takeScalar(file: TensorFile, name: string): number {
  const shape = file.tensors[name]?.shape;
  return takeTensor(file, name, shape?.length === 1 ? [1] : [])[0];
}

/** −1 where all are finite. A plain loop: there can be hundreds of millions of values. */
function indexOfNonFinite(values: Float32Array): number {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at])) return at;
  return -1;
}
