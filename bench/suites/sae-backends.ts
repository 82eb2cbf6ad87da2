import type { Architecture } from '@featurescope/sae';
import { against, type BenchRow, type BenchSuite, median, row } from '../rows.ts';
import { TrainerProcess } from '../trainer/trainer-process.ts';

const [D_MODEL, K, BATCH_SIZE] = [576, 32, 1024];
const [ROUNDS, WARM_UP] = [7, 2];
const cases: { architecture: Architecture; nLatents: number }[] = [
  { architecture: 'topk', nLatents: 9216 },
  { architecture: 'topk', nLatents: 4608 },
  { architecture: 'standard', nLatents: 9216 },
];

/** Training steps of the fallback beside native TensorFlow, each in a process of its own, by turns. */
export const saeBackends: BenchSuite = {
  name: 'sae-backends',
  async run() {
    const native = new TrainerProcess();
    const fallback = new TrainerProcess();
    try {
      await native.ask({ op: 'start', backend: 'native' });
      await fallback.ask({ op: 'start', backend: 'wasm' });
      const rows: BenchRow[] = [];
      for (const each of cases) rows.push(await compare(native, fallback, each));
      return rows;
    } finally {
      native.stop();
      fallback.stop();
    }
  },
};

async function compare(
  native: TrainerProcess,
  fallback: TrainerProcess,
  { architecture, nLatents }: (typeof cases)[number],
): Promise<BenchRow> {
  const sparsity = architecture === 'topk' ? { k: K } : { l1Coefficient: 1 };
  const config = { architecture, dModel: D_MODEL, nLatents, ...sparsity };
  const samples = new Map([native, fallback].map((trainer) => [trainer, [] as number[]]));
  for (const trainer of samples.keys()) await trainer.ask({ op: 'create', config, batchSize: BATCH_SIZE });
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [trainer, times] of samples) {
      const { ms } = await trainer.ask({ op: 'step' });
      if (round >= WARM_UP) times.push(ms);
    }
  }
  const rate = (trainer: TrainerProcess) => (BATCH_SIZE / median(samples.get(trainer) ?? [])) * 1000;
  const name = `step ${architecture} on the fallback, d ${D_MODEL}, ${nLatents} latents`;
  return against(row(name, rate(fallback), 'activations/s'), 'native TensorFlow', rate(native));
}
