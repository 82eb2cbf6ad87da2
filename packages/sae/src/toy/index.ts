/** Small worlds in which the right answer is known, small enough to be learnt while one watches. Runs in a browser. */

export type { ClassProfile } from '../ground-truth/class-purity.ts';
export type { SuperpositionConfig } from '../ground-truth/superposition-model.ts';
export {
  SUPERPOSITION_STEPS,
  SuperpositionModel,
  stepSize,
  superpositionTraining,
} from '../ground-truth/superposition-model.ts';
export type { BestMatch } from './best-match.ts';
export type { ClassTask } from './class-task.ts';
export { createClassTask } from './class-task.ts';
export type { DisentanglerOutcome, DisentanglerReport } from './disentangler.ts';
export { Disentangler, runDisentangler } from './disentangler.ts';
export type { PhaseOutcome } from './phase-cell.ts';
export { trainPhaseCell } from './phase-cell.ts';
export type { PlainL1Step } from './plain-l1.ts';
export { PlainL1Trainer } from './plain-l1.ts';
export type { Polytope } from './polytopes.ts';
export { findPolytopes } from './polytopes.ts';
export type { RecoveryArchitecture, RecoveryReport, RecoveryWorld } from './recovery-trial.ts';
export { createRecoveryWorld, RecoveryTrial, randomMatch } from './recovery-trial.ts';
export * from './settings.ts';
export type { SuperpositionReport } from './superposition-report.ts';
export { superpositionReport } from './superposition-report.ts';
