/** A trainer in a process of its own, for figures that one process cannot give: another backend beside, and peak memory. Answers
 *  each message of its parent with one; see trainer-process.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { SaeTrainer } from '@featurescope/sae';
import { tf } from '@featurescope/tensor';
import { initTensor } from '@featurescope/tensor/node';
import { sparseMixtures } from '../sparse-mixtures.ts';
import type { TrainerAnswers, TrainerRequest } from './trainer-process.ts';

let batch: Float32Array = new Float32Array(0);
let trainer: SaeTrainer | undefined;

process.on('message', (request: TrainerRequest) => {
  answer(request).then(
    (value) => process.send?.({ value }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function answer(request: TrainerRequest): Promise<TrainerAnswers[TrainerRequest['op']]> {
  switch (request.op) {
    case 'start': {
      const { name } = await initTensor(request.backend ? { backend: request.backend } : {});
      // Idle but loaded: threads and the library's own buffers are there.
      tf.tidy(() => tf.matMul(tf.ones([512, 512]), tf.ones([512, 512])).dataSync());
      return { backend: name };
    }
    case 'create': {
      trainer?.dispose();
      const { config, batchSize } = request;
      batch = sparseMixtures(batchSize, config.dModel);
      trainer = SaeTrainer.create({ ...config, batchSize, nSteps: 10_000, seed: 1 }, batch);
      return {};
    }
    case 'step': {
      const before = process.cpuUsage();
      const startedAt = performance.now();
      trainer?.step(batch);
      const { user, system } = process.cpuUsage(before);
      return { ms: performance.now() - startedAt, cpuMs: (user + system) / 1000 };
    }
    case 'memory': {
      global.gc?.();
      return { residentBytes: statusBytes('VmRSS'), peakBytes: statusBytes('VmHWM') };
    }
    case 'reset-peak': {
      global.gc?.();
      writeFileSync('/proc/self/clear_refs', '5');
      return {};
    }
  }
}

/** A line of /proc/self/status, which counts in KiB. */
function statusBytes(name: string): number {
  const line = readFileSync('/proc/self/status', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  return 1024 * Number.parseInt(line?.split(/\s+/)[1] ?? '', 10);
}
