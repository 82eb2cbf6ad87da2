import { AppError } from '../app-error.ts';

/** Lets a few pieces of work run at once and the rest wait in order. More than `maxWaiting` are refused. */
export class WorkQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly limits: { maxRunning: number; maxWaiting: number };

  constructor(limits: { maxRunning: number; maxWaiting: number }) {
    this.limits = limits;
  }

  /** Throws AppError too_many_requests when the queue is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.maxRunning) await this.wait();
    else this.running++;
    try {
      return await work();
    } finally {
      // The place passes to the next in line; only without one does it become free.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private wait(): Promise<void> {
    const { maxWaiting } = this.limits;
    if (this.waiting.length >= maxWaiting) {
      const message = `${maxWaiting} requests wait for the model already. Try again in a few seconds.`;
      throw new AppError('too_many_requests', message);
    }
    return new Promise((resolve) => {
      this.waiting.push(resolve);
    });
  }
}
