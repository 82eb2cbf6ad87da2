/** CE in nats over non-special positions of the spliced evaluation; special positions are left untouched in every pass. */
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
  /** KL(clean ‖ spliced), nats per token. */
  kl: number;
  /** Share of positions where clean and spliced agree on the most likely token. */
  top1Agreement: number;
}

export interface EvaluationResult {
  /** Rows behind the reconstruction metrics: held-out tokens less special positions and rows of outlying norm. */
  nTokens: number;
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
  /** Share of latents silent on these nTokens rows. */
  deadShare: number;
  densityHistogram: { log10Edges: number[]; counts: number[] };
  excludedRows: { special: number; outlierNorm: number };
  /** Null where the hook allows no intervention. */
  spliced: SplicedMetrics | null;
}
