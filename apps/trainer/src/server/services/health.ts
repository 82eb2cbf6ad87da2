import type { Health, TensorBackend } from '@featurescope/contracts';
import { countLiveWorkers, type Db } from '@featurescope/db';
import type { Queue } from '../../queue.ts';
import type { InferenceClient } from './inference-client.ts';

export interface HealthServiceOptions {
  db: Db;
  queue: Queue;
  inference: InferenceClient;
  version: string;
}

const inferenceFreshMs = 3000;

/** What the footer shows and the launcher waits for. Never throws. */
export class HealthService {
  private readonly options: HealthServiceOptions;
  private readonly startedAt = new Date().toISOString();
  private inference: { askedAt: number; backend: Promise<TensorBackend | null> } | null = null;

  constructor(options: HealthServiceOptions) {
    this.options = options;
  }

  async get(): Promise<Health> {
    const { db, queue, version } = this.options;
    const [tensor, counts] = await Promise.all([
      this.tensorBackend(),
      Promise.all([countLiveWorkers(db), queue.length()]).catch(() => null),
    ]);
    const [workers, queueLength] = counts ?? [0, 0];
    return {
      status: counts !== null && tensor !== null && workers > 0 ? 'ok' : 'degraded',
      version,
      startedAt: this.startedAt,
      database: counts === null ? 'down' : 'up',
      inference: tensor === null ? 'down' : 'up',
      workers,
      queueLength,
      tensor,
    };
  }

  /** Asked at most once in three seconds, however many pages poll. */
  private tensorBackend(): Promise<TensorBackend | null> {
    const now = performance.now();
    if (this.inference === null || now - this.inference.askedAt > inferenceFreshMs)
      this.inference = { askedAt: now, backend: this.options.inference.tensorBackend() };
    return this.inference.backend;
  }
}
