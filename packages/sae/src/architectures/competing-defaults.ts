import { requireNumber } from '../config-check.ts';
import { widthAdjusted } from '../learning-rate.ts';
import type { TrainingConfig } from '../training-config.ts';
import type { ArchitectureDefinition } from './architecture.ts';

/** Of the architectures whose latents compete for k places. */
export const competingDefaults: ArchitectureDefinition['defaults'] = ({ preset, nLatents }) => ({
  k: Math.min(32, nLatents),
  ...(preset === 'featurescope'
    ? { learningRate: widthAdjusted(3e-3, nLatents), auxKCoefficient: 1 / 32, lossNormalization: 'variance' }
    : { auxKCoefficient: 1 }),
});

/** k as a mean over a batch, which has at least one place: it need not be an integer. Throws SaeConfigError. */
export function checkMeanK(config: TrainingConfig): void {
  requireNumber(config, 'k', { min: 1 / config.batchSize, max: config.nLatents });
}
