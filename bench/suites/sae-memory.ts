import { existsSync } from 'node:fs';
import { against, type BenchRow, type BenchSuite, row } from '../rows.ts';
import { TrainerProcess } from '../trainer/trainer-process.ts';

const [D_MODEL, N_LATENTS, K, BATCH_SIZE] = [576, 9216, 32, 1024];
const STEPS = 8;
const FLOAT = Float32Array.BYTES_PER_ELEMENT;
const MIB = 2 ** 20;

/** Peak memory of a TopK trainer above an idle process with a loaded backend, from its creation on, beside what its buffers add up to. */
export const saeMemory: BenchSuite = {
  name: 'sae-memory',
  async run() {
    if (!existsSync('/proc/self/clear_refs')) {
      console.error('Peak memory is read from /proc, which this system has not.');
      return [];
    }
    const weights = 2 * N_LATENTS * D_MODEL * FLOAT;
    const trainer = new TrainerProcess();
    try {
      await trainer.ask({ op: 'start', backend: 'native' });
      await trainer.ask({ op: 'reset-peak' });
      const { residentBytes: idle } = await trainer.ask({ op: 'memory' });
      const config = { architecture: 'topk', k: K, dModel: D_MODEL, nLatents: N_LATENTS } as const;
      await trainer.ask({ op: 'create', config, batchSize: BATCH_SIZE });
      for (let step = 0; step < STEPS; step++) await trainer.ask({ op: 'step' });
      const { peakBytes } = await trainer.ask({ op: 'memory' });
      const inMib = (name: string, bytes: number) =>
        against(row(`memory: ${name}`, bytes / MIB, 'MiB'), 'the weights', weights / MIB);
      const buffers = buffersAtTheirMost(weights);
      const sum = buffers.reduce((total, [, bytes]) => total + bytes, 0);
      return [
        inMib(`peak of a TopK trainer, ${N_LATENTS} latents`, peakBytes - idle),
        ...buffers.map(([name, bytes]): BenchRow => inMib(name, bytes)),
        inMib('not listed: code, garbage, what the allocator keeps', peakBytes - idle - sum),
      ];
    } finally {
      trainer.stop();
    }
  },
};

/** What is alive while the decoder's gradient is made, from the output gradient and the decoder as one matrix: the fullest moment of a
 *  step. Before it the step holds pre-activations and gathered rows, of 16 and 8 MiB at a time; after it the encoder's gradient. */
function buffersAtTheirMost(weights: number): [string, number][] {
  return [
    ['encoder and decoder', weights],
    ["Adam's moments", 2 * weights],
    ["the decoder's gradient", weights / 2],
    ['what it is a product of', weights / 2 + BATCH_SIZE * D_MODEL * FLOAT],
    ['the batch, centred, and its output gradient', 3 * BATCH_SIZE * D_MODEL * FLOAT],
  ];
}
