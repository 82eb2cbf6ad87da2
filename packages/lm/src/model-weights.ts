import { isPacked, matrixBytes, type PackedMatrix, selectRows } from './matrix.ts';
import type { DescribedModel } from './model-config.ts';
import { qkvRowOrder } from './qkv-rows.ts';
import { type Linear, type NormWeights, TensorReader } from './tensor-reader.ts';
import type { TensorSource } from './tensor-source.ts';

/** Weights outside the blocks. Matrices are [vocabSize, dModel]; with tied embeddings both are one array. */
export interface OuterWeights {
  embedding: Float32Array;
  /** [contextSize, dModel], where the model has learnt positions. */
  positions?: Float32Array;
  unembedding: Float32Array;
  /** The unembedding again, packed: for generation whose inputs are rounded. */
  packedUnembedding?: PackedMatrix;
  finalNorm: NormWeights;
}

/** One block's weights. */
export interface BlockWeights {
  attentionNorm: NormWeights;
  /** Query, key and value projections one under the other: [(nHeads + 2 nKvHeads) · headDim, dModel]. */
  qkv: Linear;
  /** [headDim], where queries and keys are normed. */
  queryNorm?: NormWeights;
  keyNorm?: NormWeights;
  attentionOut: Linear;
  attentionPostNorm?: NormWeights;
  mlpNorm: NormWeights;
  gate?: Linear;
  up: Linear;
  down: Linear;
  mlpPostNorm?: NormWeights;
}

/** Bytes of a block's matrices. */
export function blockBytes({ qkv, attentionOut, gate, up, down }: BlockWeights): number {
  return sum([qkv, attentionOut, gate, up, down].flatMap((linear) => (linear ? matrixBytes(linear.weight) : [])));
}

/** Bytes of the matrices outside the blocks, tied ones counted once. */
export function outerBytes({ embedding, unembedding, packedUnembedding, positions }: OuterWeights): number {
  const arrays = new Set([embedding, unembedding, ...(positions ? [positions] : [])]);
  return sum(Array.from(arrays, matrixBytes)) + (packedUnembedding ? matrixBytes(packedUnembedding) : 0);
}

const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);

type ReadModel = Pick<DescribedModel, 'description' | 'tensors'>;

export async function readOuterWeights(
  source: TensorSource,
  { description, tensors }: ReadModel,
  packedBits: 0 | PackedMatrix['bits'],
): Promise<OuterWeights> {
  const { vocabSize, dModel, contextSize, tiedEmbeddings } = description.shape;
  const reader = new TensorReader(source, { prefix: '', optionalPrefix: tensors.optionalPrefix, packedBits });
  const unembedding = tiedEmbeddings ? tensors.embedding : tensors.unembedding;
  const packed = packedBits > 0 ? await reader.matrix(`${unembedding}.weight`, [vocabSize, dModel]) : null;
  const embedding = await reader.values(`${tensors.embedding}.weight`, [vocabSize, dModel]);
  return {
    embedding,
    ...(tensors.positions && { positions: await reader.values(`${tensors.positions}.weight`, [contextSize, dModel]) }),
    unembedding: tiedEmbeddings ? embedding : await reader.values(`${unembedding}.weight`, [vocabSize, dModel]),
    ...(packed && isPacked(packed) && { packedUnembedding: packed }),
    finalNorm: await reader.norm(tensors.finalNorm, dModel, description.norm),
  };
}

/** Reads one block, so that a loader can hand it to the runtime and let it go before reading the next. */
export async function readBlockWeights(
  source: TensorSource,
  { description, tensors }: ReadModel,
  { layer, packedBits }: { layer: number; packedBits: 0 | PackedMatrix['bits'] },
): Promise<BlockWeights> {
  const { shape, norm, attention, mlp, postNorms } = description;
  const { dModel, nHeads, nKvHeads, headDim, dMlp } = shape;
  const reader = new TensorReader(source, {
    prefix: `${tensors.block.replace('{layer}', String(layer))}.`,
    optionalPrefix: tensors.optionalPrefix,
    transposed: tensors.transposed,
    packedBits,
  });
  const optionalNorm = (name: string | undefined, wanted: boolean | undefined, size: number) =>
    wanted && name ? reader.norm(name, size, { ...norm, kind: 'rms' }) : undefined;
  const qkvRows = [nHeads * headDim, nKvHeads * headDim, nKvHeads * headDim];
  const qkv = await reader.stacked(tensors.qkv, qkvRows, { columns: dModel, bias: attention.bias?.qkv });
  const hidden = mlp.kind === 'gated' ? [dMlp, dMlp] : [dMlp];
  const mlpIn = await reader.split(tensors.mlpIn, hidden, { columns: dModel, bias: mlp.bias });
  return {
    attentionNorm: await reader.norm(tensors.attentionNorm, dModel, norm),
    qkv: reordered(qkv, qkvRowOrder(description, layer, tensors.qkvOrder)),
    queryNorm: await optionalNorm(tensors.queryNorm, attention.qkNorm, headDim),
    keyNorm: await optionalNorm(tensors.keyNorm, attention.qkNorm, headDim),
    attentionOut: await reader.linear(tensors.attentionOut, dModel, {
      columns: nHeads * headDim,
      bias: attention.bias?.out,
    }),
    attentionPostNorm: await optionalNorm(tensors.attentionPostNorm, postNorms, dModel),
    mlpNorm: await reader.norm(tensors.mlpNorm, dModel, norm),
    ...(mlp.kind === 'gated' && { gate: mlpIn[0] }),
    up: mlpIn[mlpIn.length - 1],
    down: await reader.linear(tensors.mlpOut, dModel, { columns: dMlp, bias: mlp.bias }),
    mlpPostNorm: await optionalNorm(tensors.mlpPostNorm, postNorms, dModel),
  };
}

/** Rows of a matrix and of its bias in another order. */
function reordered(linear: Linear, order: Int32Array | null): Linear {
  if (!order) return linear;
  const { weight, bias, rows } = linear;
  const moved = selectRows(weight, rows, order);
  return { ...linear, weight: moved, ...(bias && { bias: Float32Array.from(order, (from) => bias[from]) }) };
}
