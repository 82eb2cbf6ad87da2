import { tf } from '../native-tensorflow.ts';
import type { Parameters } from './forward.ts';
import { type ModelShape, parameterSlots } from './shape.ts';

/** Tensors over the flat parameter vector's current values; the caller disposes them. */
export function parameterTensors(flat: Float32Array, shape: ModelShape): Parameters {
  return Object.fromEntries(
    parameterSlots(shape).map(({ name, shape: dimensions, offset, size }) => [
      name,
      tf.tensor(flat.slice(offset, offset + size), [...dimensions]),
    ]),
  );
}
