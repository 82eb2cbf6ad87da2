import { tf } from '../native-tensorflow.ts';
import { batchProduct } from '../transformer/matrix-product.ts';
import { type ModelShape, type ParameterSlot, parameterSlots } from '../transformer/shape.ts';

export interface MuonSettings {
  readonly momentum: number;
  /** Decoupled. */
  readonly weightDecay: number;
}

export const muonSettings: MuonSettings = { momentum: 0.95, weightDecay: 0.1 };

/** True for the parameters that Muon updates: the matrices between embedding and unembedding. */
export function isHiddenMatrix(slot: ParameterSlot): boolean {
  return slot.shape.length === 2 && slot.name !== 'embedding';
}

/** Column widths of the linear maps that a fused parameter holds: each is orthogonalised apart. */
function mapWidths(slot: ParameterSlot, shape: ModelShape): number[] {
  const { nHeads, nKeyValueHeads, dHead, dFeedForward } = shape;
  if (slot.name.endsWith('queryKeyValue')) return [nHeads * dHead, nKeyValueHeads * dHead, nKeyValueHeads * dHead];
  if (slot.name.endsWith('gateUp')) return [dFeedForward, dFeedForward];
  return [slot.shape[1]!];
}

/** One Muon step on every hidden matrix, in place: Nesterov momentum, orthogonalised, scaled so that an entry moves by
 *  about .2 · learningRate, as Adam's do. `momentum` is the flat vector that holds the buffers.
 *  Source: Jordan et al. 2024; the scale √max(rows, columns) · .2 from Liu et al. 2025, §2.2. */
export function muonStep(
  parameters: Float32Array,
  gradient: Float32Array,
  momentum: Float32Array,
  update: { shape: ModelShape; learningRate: number; gradientScale: number; settings: MuonSettings },
): void {
  const { shape, learningRate, gradientScale, settings } = update;
  const beta = settings.momentum;
  const slots = parameterSlots(shape).filter(isHiddenMatrix);
  const directions = new Float32Array(parameters.length);
  for (const slot of slots) {
    for (let at = slot.offset; at < slot.offset + slot.size; at++) {
      const g = gradient[at]! * gradientScale;
      const m = beta * momentum[at]! + (1 - beta) * g;
      momentum[at] = m;
      directions[at] = beta * m + (1 - beta) * g;
    }
  }
  const keep = 1 - learningRate * settings.weightDecay;
  const turned = orthogonalDirections(directions, slots, shape);
  for (const [index, slot] of slots.entries()) {
    const direction = turned[index]!;
    for (let within = 0, at = slot.offset; within < slot.size; within++, at++) {
      parameters[at] = keep * parameters[at]! - learningRate * direction[within]!;
    }
  }
}

/** For each slot the orthogonalised, scaled direction, laid out as the slot. Maps of one size are turned together. */
function orthogonalDirections(
  directions: Float32Array,
  slots: readonly ParameterSlot[],
  shape: ModelShape,
): Float32Array[] {
  let found: Float32Array[] = [];
  tf.tidy(() => {
    const maps = slots.map((slot) => {
      const values = directions.slice(slot.offset, slot.offset + slot.size);
      return tf.split(tf.tensor(values, [...slot.shape]), mapWidths(slot, shape), 1);
    });
    const groups = new Map<string, { slot: number; map: number; isTall: boolean }[]>();
    for (const [slot, parts] of maps.entries()) {
      for (const [map, part] of parts.entries()) {
        const [rows, columns] = part.shape as [number, number];
        const key = `${Math.min(rows, columns)}×${Math.max(rows, columns)}`;
        groups.set(key, [...(groups.get(key) ?? []), { slot, map, isTall: rows > columns }]);
      }
    }
    for (const group of groups.values()) {
      const wide = group.map(({ slot, map, isTall }) => (isTall ? maps[slot]![map]!.transpose() : maps[slot]![map]!));
      const stack = tf.stack(wide) as tf.Tensor3D;
      const turned = tf.unstack(orthogonalise(stack).mul(0.2 * Math.sqrt(stack.shape[2])));
      for (const [index, { slot, map, isTall }] of group.entries()) {
        maps[slot]![map] = isTall ? turned[index]!.transpose() : turned[index]!;
      }
    }
    // Not returned through tidy, which would look for tensors in every element of the arrays.
    found = maps.map((parts) => (parts.length === 1 ? parts[0]! : tf.concat(parts, 1)).dataSync() as Float32Array);
  });
  return found;
}

/** Nearly orthogonal matrices with the singular vectors of `stack` [n, rows, columns], rows ≤ columns; singular values
 *  land in about [.7, 1.2]. Newton-Schulz, five quintic steps with Jordan's coefficients. */
export function orthogonalise(stack: tf.Tensor3D): tf.Tensor {
  let x: tf.Tensor = stack.div(tf.sqrt(tf.sum(tf.square(stack), [1, 2], true)).add(1e-7));
  for (let step = 0; step < 5; step++) {
    const gram = batchProduct(x, x, { b: true });
    const polynomial = gram.mul(-4.775).add(batchProduct(gram, gram).mul(2.0315));
    x = x.mul(3.4445).add(batchProduct(polynomial, x));
  }
  return x;
}
