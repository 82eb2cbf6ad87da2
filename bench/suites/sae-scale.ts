import { SaeTrainer } from '@featurescope/sae';
import { against, type BenchSuite, row } from '../rows.ts';
import { sparseMixtures } from '../sparse-mixtures.ts';
import { interleavedMedians } from '../timing.ts';

const [D_MODEL, K, BATCH_SIZE, ROUNDS] = [576, 32, 1024, 7];
const [SMALL, LARGE] = [9216, 36_864];

/** What an activation costs with four times the latents: more than four times would be a cost that grows faster than the weights. */
export const saeScale: BenchSuite = {
  name: 'sae-scale',
  async run() {
    const batch = sparseMixtures(BATCH_SIZE, D_MODEL);
    const trainers = [SMALL, LARGE].map((nLatents) =>
      SaeTrainer.create(
        { architecture: 'topk', k: K, dModel: D_MODEL, nLatents, nSteps: 10_000, batchSize: BATCH_SIZE, seed: 1 },
        batch,
      ),
    );
    const [smallMs, largeMs] = await interleavedMedians(
      trainers.map((trainer) => ({ rounds: ROUNDS, work: () => void trainer.step(batch) })),
    );
    for (const trainer of trainers) trainer.dispose();
    const microseconds = (ms: number) => (1000 * ms) / BATCH_SIZE;
    return [
      against(
        row(`time of an activation, topk, d ${D_MODEL}, ${LARGE} latents`, microseconds(largeMs), 'µs'),
        `${SMALL} latents`,
        microseconds(smallMs),
      ),
    ];
  },
};
