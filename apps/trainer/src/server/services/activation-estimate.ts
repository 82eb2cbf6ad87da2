import { shardTokens } from '@featurescope/interp/chunk-size';

/** Of English text and the tokenizers at hand, before a dataset was tokenised. */
const bytesPerToken = 4;
const heldOutShare = 0.08;

export interface SetSize {
  nShards: number;
  nRows: number;
  sizeBytes: number;
}

/** How large the shards are that a run uses. corpus: null before the dataset was tokenised, when its size must do. */
export function estimateSetSize({
  nTokens,
  width,
  contextSize,
  corpus,
  datasetBytes,
}: {
  nTokens: number;
  width: number;
  contextSize: number;
  corpus: { nTokens: number; nContexts: number; nHeldOutTokens: number } | null;
  datasetBytes: number;
}): SetSize {
  const tokens = corpus?.nTokens ?? datasetBytes / bytesPerToken;
  const trainShare = corpus === null ? 1 - heldOutShare : 1 - corpus.nHeldOutTokens / Math.max(1, corpus.nTokens);
  const meanLength = corpus === null ? contextSize : corpus.nTokens / Math.max(1, corpus.nContexts);
  // The beginning-of-text token of a context gives no row.
  const usableShare = Math.max(0, 1 - 1 / Math.max(1, meanLength));
  const rowsPerShard = Math.max(1, shardTokens(width) * usableShare);
  const allShards = Math.max(1, Math.ceil((tokens * trainShare) / shardTokens(width)));
  const nShards = Math.min(allShards, Math.ceil(nTokens / rowsPerShard));
  const nRows = Math.round(Math.min(tokens * trainShare * usableShare, nShards * rowsPerShard));
  // A row, and its position.
  return { nShards, nRows, sizeBytes: nRows * (2 * width + 2) };
}
