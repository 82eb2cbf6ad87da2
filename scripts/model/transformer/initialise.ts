import type { SeededRandom } from '../seeded-random.ts';
import { type ModelShape, parameterCount, parameterSlots } from './shape.ts';

/** Norm weights 1, matrices normal with standard deviation .02, those that write to the residual stream scaled down by
 *  √(2·nLayers). Source: Radford et al. 2019, §2.3. */
export function initialParameters(shape: ModelShape, random: SeededRandom): Float32Array {
  const flat = new Float32Array(parameterCount(shape));
  for (const { name, shape: dimensions, offset, size } of parameterSlots(shape)) {
    const writesResidual = name.endsWith('.attentionOut') || name.endsWith('.down');
    const deviation = 0.02 / (writesResidual ? Math.sqrt(2 * shape.nLayers) : 1);
    for (let index = offset; index < offset + size; index++) {
      flat[index] = dimensions.length === 1 ? 1 : deviation * random.normal();
    }
  }
  return flat;
}
