export interface LearningRateSchedule {
  readonly peak: number;
  readonly warmUpSteps: number;
  /** Tokens at which the linear decay to zero begins and ends; Infinity until the end of the run is decided. */
  readonly decayFromTokens: number;
  readonly decayToTokens: number;
}

/** Warm-up, stable, decay: the end can be chosen while the run is under way. Source: Hu et al. 2024, §4. */
export function learningRateAt(schedule: LearningRateSchedule, at: { step: number; tokens: number }): number {
  const warmUp = Math.min(1, at.step / schedule.warmUpSteps);
  if (at.tokens <= schedule.decayFromTokens) return schedule.peak * warmUp;
  const left = (schedule.decayToTokens - at.tokens) / (schedule.decayToTokens - schedule.decayFromTokens);
  return schedule.peak * warmUp * Math.max(0, left);
}
