import { type Architecture, SaeTrainer } from '@featurescope/sae';
import { tf } from '@featurescope/tensor';
import { against, type BenchRow, type BenchSuite, row } from '../rows.ts';
import { sparseMixtures } from '../sparse-mixtures.ts';
import { interleavedMedians } from '../timing.ts';

const BATCH_SIZE = 1024;
const ROUNDS = 7;

/** Activations a second of a whole training step (loss read back), beside the encoder's product x·W_enc alone, the floor of
 *  any step. */
export const saeSteps: BenchSuite = {
  name: 'sae-steps',
  async run() {
    const rows: BenchRow[] = [];
    for (const dModel of [256, 576]) {
      for (const nLatents of [4608, 9216]) rows.push(...(await measureSize(dModel, nLatents)));
    }
    return rows;
  },
};

async function measureSize(dModel: number, nLatents: number): Promise<BenchRow[]> {
  const batch = sparseMixtures(BATCH_SIZE, dModel);
  const x = tf.tensor2d(batch, [BATCH_SIZE, dModel]);
  const weights = tf.fill<tf.Rank.R2>([dModel, nLatents], 0.01);
  const trainers = (['topk', 'standard'] as Architecture[]).map((architecture) =>
    SaeTrainer.create(
      {
        architecture,
        dModel,
        nLatents,
        nSteps: 10_000,
        batchSize: BATCH_SIZE,
        seed: 1,
        ...(architecture === 'topk' ? { k: 32 } : { l1Coefficient: 1 }),
      },
      batch,
    ),
  );
  const [encoderMs, ...stepMs] = await interleavedMedians([
    { rounds: ROUNDS, work: () => tf.matMul(x, weights).dispose() },
    ...trainers.map((trainer) => ({ rounds: ROUNDS, work: () => void trainer.step(batch) })),
  ]);
  for (const trainer of trainers) trainer.dispose();
  tf.dispose([x, weights]);
  const encoderRate = (BATCH_SIZE / encoderMs) * 1000;
  return trainers.map((trainer, index) =>
    against(
      row(
        `step ${trainer.config.architecture}, d ${dModel}, ${nLatents} latents`,
        (BATCH_SIZE / stepMs[index]) * 1000,
        'activations/s',
      ),
      'encoder product alone',
      encoderRate,
    ),
  );
}
