import { type Architecture, type FittedDictionary, SaeTrainer, type TrainingConfigInput } from '@featurescope/sae';
import type { MeasuredModel } from './measured-model.ts';

/** Four times the width of the model. */
export const N_LATENTS = 1024;
/** One million rows, about each of the training rows once. */
const [N_STEPS, BATCH_SIZE] = [976, 1024];
/** As in the product: rows that input scale and centre are found on, and rows that a threshold is calibrated on. */
const [FIRST_ROWS, CALIBRATION_ROWS] = [8192, 100_000];

/** One number an architecture: k, l1Coefficient or targetL0. */
export type SparsityFields = Pick<TrainingConfigInput, 'k' | 'l1Coefficient' | 'targetL0'>;

/** A dictionary with the defaults of preset featurescope. */
export function trainedDictionary(
  model: MeasuredModel,
  { architecture, sparsity, seed }: { architecture: Architecture; sparsity: SparsityFields; seed: number },
): FittedDictionary {
  const trainer = SaeTrainer.create(
    {
      ...{ architecture, seed, dModel: model.width, nLatents: N_LATENTS, nSteps: N_STEPS, batchSize: BATCH_SIZE },
      ...sparsity,
    },
    model.sample(FIRST_ROWS, seed),
  );
  const batch = model.batches(seed, BATCH_SIZE);
  for (let step = 0; step < N_STEPS; step++) trainer.step(batch(step));
  if (architecture === 'batchtopk' || architecture === 'matryoshka')
    trainer.calibrate(model.sample(CALIBRATION_ROWS, seed));
  const dictionary = { config: trainer.inferenceConfig(), weights: trainer.weights() };
  trainer.dispose();
  return dictionary;
}
