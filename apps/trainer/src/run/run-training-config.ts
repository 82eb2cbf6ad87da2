import type { ArchitectureOptions } from '@featurescope/contracts';
import type { AnyRunForWork, RunForWork } from '@featurescope/db';
import { type Architecture, type Preset, resolveTrainingConfig, type TrainingConfig } from '@featurescope/sae';

/** The whole configuration of a run's dictionary: what the user chose, and defaults. dModel: the hook's width. */
export function runTrainingConfig(run: AnyRunForWork, dModel: number): TrainingConfig {
  return resolveTrainingConfig({
    architecture: run.architecture as Architecture,
    dModel,
    nLatents: run.nLatents,
    nSteps: run.nSteps,
    k: run.k ?? undefined,
    l1Coefficient: run.l1Coefficient ?? undefined,
    ...(run.architectureOptions as ArchitectureOptions),
    preset: run.preset as Preset,
    learningRate: run.learningRate,
    batchSize: run.batchSize,
    seed: run.seed,
  });
}

/** The norm above which the run's rows are left out, measured in training and kept in its resolved configuration. */
export function outlierNormOf(run: RunForWork): number {
  const { outlierNorm } = run.resolvedConfig as { outlierNorm?: number | null };
  return outlierNorm ?? Number.POSITIVE_INFINITY;
}
