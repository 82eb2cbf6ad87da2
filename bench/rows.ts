/** One figure. With a peer, `ratio` is value / peerValue, both measured in the same call. */
export interface BenchRow {
  name: string;
  value: number;
  unit: string;
  peer?: string;
  peerValue?: number;
  ratio?: number;
}

export interface BenchReport {
  machine: { cpu: string; cores: number; memoryGib: number; loadAverage: number };
  versions: Record<string, string>;
  rows: BenchRow[];
}

/** A suite measures a few related figures; it makes and removes what it needs. */
export interface BenchSuite {
  name: string;
  run(): Promise<BenchRow[]>;
}

export function row(name: string, value: number, unit: string): BenchRow {
  return { name, value, unit };
}

export function against(base: BenchRow, peer: string, peerValue: number): BenchRow {
  return { ...base, peer, peerValue, ratio: base.value / peerValue };
}

/** Nearest-rank quantile of unsorted samples, share in [0, 1]. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))];
}

export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
