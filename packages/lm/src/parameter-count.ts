import type { Description } from './architectures/architecture.ts';

/** Trainable parameters; a tied embedding counts once. */
export function countParameters({ shape, embedding, norm, postNorms, attention, mlp }: Description): number {
  const { nLayers, dModel, nHeads, nKvHeads, headDim, dMlp, vocabSize, contextSize, tiedEmbeddings } = shape;
  const oneNorm = dModel * (norm.kind === 'layer' ? 2 : 1);
  const qkvRows = (nHeads + 2 * nKvHeads) * headDim;
  const nHidden = mlp.kind === 'gated' ? 2 : 1;
  const block =
    matrix(qkvRows, dModel, attention.bias?.qkv) +
    matrix(dModel, nHeads * headDim, attention.bias?.out) +
    (attention.qkNorm ? 2 * headDim : 0) +
    nHidden * matrix(dMlp, dModel, mlp.bias) +
    matrix(dModel, dMlp, mlp.bias) +
    oneNorm * (postNorms ? 4 : 2);
  const embeddings = vocabSize * dModel * (tiedEmbeddings ? 1 : 2) + (embedding?.positions ? contextSize * dModel : 0);
  return nLayers * block + oneNorm + embeddings;
}

function matrix(nRows: number, nColumns: number, hasBias = false): number {
  return nRows * (nColumns + (hasBias ? 1 : 0));
}
