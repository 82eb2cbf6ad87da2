import { Disentangler, defaultDisentangler } from '@featurescope/sae/toy';
import { classTaskOf } from './disentangler-experiment.ts';
import type { Experiment } from './experiment.ts';

export interface TradeOffSettings {
  seed: number;
}

export interface TradeOffPoint {
  /** k or λ. */
  value: number;
  l0: number;
  fvu: number;
  meanPurity: number;
}

export interface TradeOffSnapshot {
  nTotal: number;
  topk: TradeOffPoint[];
  standard: TradeOffPoint[];
}

/** Alternating, so that both curves grow together. */
const plan = [
  ['topk', 1],
  ['standard', 1],
  ['topk', 4],
  ['standard', 0.1],
  ['topk', 2],
  ['standard', 0.3],
  ['topk', 8],
  ['standard', 0.03],
  ['topk', 3],
  ['topk', 6],
] as const;

/** One dictionary after another over the sparsities. */
export class TradeOffExperiment implements Experiment<TradeOffSnapshot> {
  private readonly seed: number;
  private readonly curves: { topk: TradeOffPoint[]; standard: TradeOffPoint[] } = { topk: [], standard: [] };
  private training: Disentangler | null = null;
  private nDone = 0;

  constructor({ seed }: TradeOffSettings) {
    this.seed = seed;
  }

  get isDone(): boolean {
    return this.nDone === plan.length;
  }

  advance(): void {
    const [architecture, value] = plan[this.nDone];
    const sparsity = architecture === 'topk' ? { k: value } : { l1Coefficient: value };
    const start = architecture === 'topk' ? 'dataPoints' : 'random';
    const config = { ...defaultDisentangler, architecture, start, seed: this.seed, ...sparsity } as const;
    this.training ??= new Disentangler(config, classTaskOf(this.seed));
    this.training.step();
    if (!this.training.isDone) return;
    const { l0, fvu, meanPurity } = this.training.report();
    this.training.dispose();
    this.training = null;
    this.curves[architecture].push({ value, l0, fvu, meanPurity });
    this.curves[architecture].sort((a, b) => a.l0 - b.l0);
    this.nDone++;
  }

  snapshot(): TradeOffSnapshot {
    return { nTotal: plan.length, topk: this.curves.topk.slice(), standard: this.curves.standard.slice() };
  }

  dispose(): void {
    this.training?.dispose();
  }
}
