import { SaeTrainer } from '@featurescope/sae';
import { tf } from '@featurescope/tensor';
import { type BrowserBackend, chooseBackend, startBackend } from '@featurescope/tensor/browser';

/** The fastest backend for a dictionary as small as the Lab's, measured by steps of one, or the one that was measured before. */
export async function ensureBackend(known: BrowserBackend | null): Promise<BrowserBackend> {
  if (known && (await startBackend(known.name))) return known;
  const rows = new Float32Array(256 * 16).map((_, at) => Math.sin(at * 12.9898) + 1);
  let trainer: SaeTrainer | null = null;
  let backend = '';
  const chosen = await chooseBackend(() => {
    // A trainer's parameters live on one backend.
    if (!trainer || backend !== tf.getBackend()) {
      backend = tf.getBackend();
      const sizes = { dModel: 16, nLatents: 64, nSteps: 100, batchSize: 256 };
      trainer = SaeTrainer.create({ architecture: 'topk', k: 2, ...sizes }, rows);
    }
    trainer.step(rows);
  });
  return chosen;
}
