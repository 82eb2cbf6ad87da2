/** Where the linear decay to zero lies, in tokens or in milliseconds of wall-clock time (for a run that must end in time
 *  on a machine that others use too). */
export interface DecaySpan {
  readonly unit: 'tokens' | 'time';
  readonly from: number;
  readonly to: number;
}

export interface LearningRateSchedule {
  readonly peak: number;
  readonly warmUpSteps: number;
  /** Absent until the end of the run is decided. */
  readonly decay?: DecaySpan;
}

/** Warm-up, stable, decay: the end can be chosen while the run is under way. Source: Hu et al. 2024, §4.
 *  Returns the rate of a step (from 1), and whether the decay has ended. */
export function learningRateAt(
  { peak, warmUpSteps, decay }: LearningRateSchedule,
  at: { step: number; tokens: number; time: number },
): { rate: number; ended: boolean } {
  const warm = peak * Math.min(1, at.step / warmUpSteps);
  if (!decay) return { rate: warm, ended: false };
  const left = (decay.to - at[decay.unit]) / (decay.to - decay.from);
  return { rate: warm * Math.min(1, Math.max(0, left)), ended: left <= 0 };
}

/** `from` and `to` as the command line gives them: both counts of tokens, or both ISO times. */
export function parseDecay(from: string | undefined, to: string | undefined): DecaySpan | undefined {
  if (from === undefined && to === undefined) return undefined;
  const unit = /^\d+$/.test(to ?? '') ? 'tokens' : 'time';
  const value = (text: string | undefined) => (unit === 'tokens' ? Number(text) : Date.parse(text ?? ''));
  const span = { unit, from: value(from), to: value(to) } as const;
  if (!(span.from < span.to))
    throw new Error(`--decay-from ${from} must lie before --decay-to ${to}: token counts, or ISO times`);
  return span;
}
