import { tf } from '../native-tensorflow.ts';
import { batchProduct, product } from './matrix-product.ts';
import { type NormalisedRows, normaliseRows, normaliseRowsGradient, unfoldWeight } from './normalised-rows.ts';
import type { ModelShape } from './shape.ts';

/** What every layer of one pass shares. */
export interface AttentionTables {
  /** [positions, dHead/2]. */
  readonly cosines: tf.Tensor;
  readonly sines: tf.Tensor;
  /** [groupSize · positions, positions], added to the scores. */
  readonly mask: tf.Tensor;
  /** [1, columns of queryKeyValue]: 1/√dHead for queries, 1 elsewhere. */
  readonly columnScale: tf.Tensor;
}

export interface AttentionWeights {
  readonly norm: tf.Tensor;
  readonly queryKeyValue: tf.Tensor;
  readonly out: tf.Tensor;
}

/** What the forward pass keeps for the backward pass. Heads are stacked as [batch · kvHeads, …]; the query heads that
 *  share a key head lie one after another in its rows. */
export interface AttentionMemory {
  readonly normalised: NormalisedRows;
  readonly folded: tf.Tensor;
  readonly queries: tf.Tensor;
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
  readonly pattern: tf.Tensor;
  readonly mixed: tf.Tensor;
  readonly mixedRows: tf.Tensor;
}

/** x + attention(norm(x)). x: [batch · positions, dModel]. */
export function attentionForward(
  x: tf.Tensor,
  weights: AttentionWeights,
  context: { tables: AttentionTables; shape: ModelShape; batch: number },
): { output: tf.Tensor; memory: AttentionMemory } {
  const { tables, shape, batch } = context;
  const { nHeads, nKeyValueHeads, dHead } = shape;
  const normalised = normaliseRows(x, shape.normEpsilon);
  const folded = weights.queryKeyValue.mul(weights.norm.expandDims(1)).mul(tables.columnScale);
  const projected = product(normalised.rows, folded)
    .reshape([batch, -1, nHeads + 2 * nKeyValueHeads, dHead])
    .transpose([0, 2, 1, 3]);
  const stacked = (heads: tf.Tensor) => heads.reshape([batch * nKeyValueHeads, -1, dHead]);
  const [turned, unturned] = tf.split(projected, [nHeads + nKeyValueHeads, nKeyValueHeads], 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const rotated = rotateHalves(turned, tables.cosines, tables.sines);
  const [q, k] = tf.split(rotated, [nHeads, nKeyValueHeads], 1) as [tf.Tensor, tf.Tensor];
  const [queries, keys, values] = [stacked(q), stacked(k), stacked(unturned)];
  const pattern = tf.softmax(batchProduct(queries, keys, { b: true }).add(tables.mask));
  const mixed = batchProduct(pattern, values);
  const mixedRows = rowsOfHeads(mixed, batch, nHeads);
  const output = x.add(product(mixedRows, weights.out));
  return { output, memory: { normalised, folded, queries, keys, values, pattern, mixed, mixedRows } };
}

/** Gradients of attentionForward. The softmax's row sums come from Σ dMixed · mixed, as in Dao et al. 2022, §B.4. */
export function attentionBackward(
  dOutput: tf.Tensor,
  memory: AttentionMemory,
  weights: AttentionWeights,
  context: { tables: AttentionTables; shape: ModelShape; batch: number },
): { dInput: tf.Tensor; dNorm: tf.Tensor; dQueryKeyValue: tf.Tensor; dOut: tf.Tensor } {
  const { tables, shape, batch } = context;
  const { nHeads, nKeyValueHeads, dHead } = shape;
  const dOut = product(memory.mixedRows, dOutput, { a: true });
  const dMixed = product(dOutput, weights.out, { b: true })
    .reshape([batch, -1, nHeads, dHead])
    .transpose([0, 2, 1, 3])
    .reshape(memory.mixed.shape);
  const dValues = batchProduct(memory.pattern, dMixed, { a: true });
  const rowSums = tf.sum(dMixed.mul(memory.mixed), -1, true);
  const dScores = batchProduct(dMixed, memory.values, { b: true }).sub(rowSums).mul(memory.pattern);
  const dQueries = batchProduct(dScores, memory.keys);
  const dKeys = batchProduct(dScores, memory.queries, { a: true });
  const byHead = (stack: tf.Tensor, heads: number) => stack.reshape([batch, heads, -1, dHead]);
  const dRotated = tf.concat([byHead(dQueries, nHeads), byHead(dKeys, nKeyValueHeads)], 1);
  const dTurned = rotateHalves(dRotated, tables.cosines, tf.neg(tables.sines));
  const dProjected = rowsOfHeads(
    tf.concat([dTurned, byHead(dValues, nKeyValueHeads)], 1),
    batch,
    nHeads + 2 * nKeyValueHeads,
  );
  const dFolded = product(memory.normalised.rows, dProjected, { a: true }).mul(tables.columnScale);
  const { dMatrix, dWeight } = unfoldWeight(dFolded, weights.norm, weights.queryKeyValue);
  const dRows = product(dProjected, memory.folded, { b: true });
  const dInput = dOutput.add(normaliseRowsGradient(dRows, memory.normalised));
  return { dInput, dNorm: dWeight, dQueryKeyValue: dMatrix, dOut };
}

/** [batch, heads, positions, dHead] in any stacking → [batch · positions, heads · dHead]. */
function rowsOfHeads(heads: tf.Tensor, batch: number, nHeads: number): tf.Tensor {
  const dHead = heads.shape.at(-1) as number;
  return heads
    .reshape([batch, nHeads, -1, dHead])
    .transpose([0, 2, 1, 3])
    .reshape([-1, nHeads * dHead]);
}

/** Rotary embedding of [batch, heads, positions, dHead], first half against second half. */
function rotateHalves(x: tf.Tensor, cosines: tf.Tensor, sines: tf.Tensor): tf.Tensor {
  const [first, second] = tf.split(x, 2, 3) as [tf.Tensor, tf.Tensor];
  return tf.concat([first.mul(cosines).sub(second.mul(sines)), second.mul(cosines).add(first.mul(sines))], 3);
}
