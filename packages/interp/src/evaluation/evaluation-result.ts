/** What the model says with the reconstruction in place. CE in nats over positions that have a next token. */
export interface SplicedMetrics {
  nTokens: number;
  ceClean: number;
  ceSpliced: number;
  ceZeroAblated: number;
  ceMeanAblated: number;
  /** (CE_ablated − CE_spliced) / (CE_ablated − CE_clean); the headline is the one against mean ablation. Null when the ablation does no harm. */
  ceRecoveredZero: number | null;
  ceRecoveredMean: number | null;
  /** CE_spliced − CE_clean. */
  deltaCe: number;
  /** Positions behind KL and agreement: those of nTokens and the last of each context. */
  nKlTokens: number;
  /** KL(clean ‖ spliced), nats per token. */
  kl: number;
  /** Share of positions where clean and spliced agree on the most likely token. */
  top1Agreement: number;
}

/** The same with every position replaced and every position in the means, special ones too, and zero ablation alone: what SAELens 6.54
 *  computes where no token is left out (`exclude_special_tokens=False`), and SAEBench's core evaluation with no token to ignore. */
export type EveryPositionMetrics = Omit<SplicedMetrics, 'ceMeanAblated' | 'ceRecoveredMean'>;

export interface EvaluationResult {
  /** Rows behind the reconstruction metrics: held-out tokens less special positions and rows of outlying norm. */
  nTokens: number;
  /** Rows behind the dead share and the density histogram. */
  nFiringTokens: number;
  fvu: number;
  /** FVU with the excluded rows left in. */
  fvuWithExcluded: number;
  explainedVariance: number;
  mse: number;
  l0: number;
  l1: number;
  cosine: number;
  l2Ratio: number;
  relativeReconstructionBias: number;
  /** Share of latents silent on these nFiringTokens rows. */
  deadShare: number;
  densityHistogram: { log10Edges: number[]; counts: number[] };
  excludedRows: { special: number; outlierNorm: number };
  /** Null where the hook allows no intervention. */
  spliced: SplicedMetrics | null;
  everyPosition: EveryPositionMetrics | null;
}
