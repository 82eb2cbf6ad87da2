import type { TrainingConfig } from './training-config.ts';

type Schedule = Pick<TrainingConfig, 'learningRate' | 'nSteps' | 'learningRateWarmUpSteps' | 'learningRateDecaySteps'>;

/** Learning rate of a step counted from 0: a linear rise to the full rate at the last warm-up step, then level, then a linear
 *  fall over the last `learningRateDecaySteps` that would reach 0 one step after the end. Never 0 within the run. */
export function learningRateAt(step: number, schedule: Schedule): number {
  const { learningRate, nSteps, learningRateWarmUpSteps, learningRateDecaySteps } = schedule;
  const rise = learningRateWarmUpSteps > 0 ? Math.min(1, (step + 1) / learningRateWarmUpSteps) : 1;
  const stepsLeft = Math.max(1, nSteps - step);
  const fall = learningRateDecaySteps > 0 ? Math.min(1, stepsLeft / learningRateDecaySteps) : 1;
  return learningRate * rise * fall;
}

/** λ of a step counted from 0: λ · min(1, step / warmUpSteps). */
export function sparsityCoefficientAt(
  step: number,
  config: Pick<TrainingConfig, 'l1Coefficient' | 'l0Coefficient' | 'sparsityWarmUpSteps'>,
): number {
  const rise = config.sparsityWarmUpSteps > 0 ? Math.min(1, step / config.sparsityWarmUpSteps) : 1;
  return (config.l1Coefficient ?? config.l0Coefficient ?? 0) * rise;
}
