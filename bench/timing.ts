import { median } from './rows.ts';

export interface TimedTask {
  warmUp?: number;
  rounds: number;
  work: () => void | Promise<void>;
}

/** Median milliseconds of each task; their rounds are interleaved, so that a drifting machine slows all of them alike. */
export async function interleavedMedians(tasks: readonly TimedTask[]): Promise<number[]> {
  const samples: number[][] = tasks.map(() => []);
  for (const task of tasks) for (let i = 0; i < (task.warmUp ?? 2); i++) await task.work();
  const rounds = Math.max(...tasks.map((task) => task.rounds));
  for (let round = 0; round < rounds; round++) {
    for (const [index, task] of tasks.entries()) {
      if (round >= task.rounds) continue;
      const startedAt = performance.now();
      await task.work();
      samples[index].push(performance.now() - startedAt);
    }
  }
  return samples.map(median);
}
