/** How the shipped model was trained; the command line can change all but the seed. */
export const trainingRecipe = {
  seed: 20261122,
  peakLearningRate: 2.5e-3,
  /** The rate of the hidden matrices (Muon) over that of the rest (AdamW). */
  muonFactor: 2,
  warmUpSteps: 100,
  batchWindows: 32,
  microBatchWindows: 8,
  clipNorm: 1,
} as const;
