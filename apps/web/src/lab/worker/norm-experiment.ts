import { createRecoveryWorld, type PlainL1Step, PlainL1Trainer } from '@featurescope/sae/toy';
import type { Experiment } from './experiment.ts';
import { History } from './history.ts';

export interface NormSettings {
  l1Coefficient: number;
  seed: number;
}

/** The same dictionary with unit decoder rows and without. */
export interface NormSnapshot {
  step: number;
  nSteps: number;
  held: { latest: PlainL1Step | null; norm: [number, number][]; l1: [number, number][] };
  free: { latest: PlainL1Step | null; norm: [number, number][]; l1: [number, number][] };
}

const N_STEPS = 4000;
const BATCH = 128;

export class NormExperiment implements Experiment<NormSnapshot> {
  readonly pace = 1000;
  /** Rows of 4 values, gone through again and again. */
  private readonly rows: Float32Array;
  private readonly lanes;
  private nSteps = 0;

  constructor({ l1Coefficient, seed }: NormSettings) {
    this.rows = createRecoveryWorld(3, seed).fresh.rows;
    const lane = (isConstrained: boolean) => ({
      trainer: new PlainL1Trainer({ width: 4, nLatents: 32, l1Coefficient, isConstrained, seed }),
      history: new History(),
      latest: null as PlainL1Step | null,
    });
    this.lanes = { held: lane(true), free: lane(false) };
  }

  get isDone(): boolean {
    return this.nSteps >= N_STEPS;
  }

  advance(): void {
    const from = (this.nSteps % Math.floor(this.rows.length / 4 / BATCH)) * BATCH * 4;
    const rows = this.rows.subarray(from, from + BATCH * 4);
    this.nSteps++;
    for (const lane of Object.values(this.lanes)) {
      lane.latest = lane.trainer.step(rows);
      lane.history.add(this.nSteps, lane.latest.meanNorm, lane.latest.l1);
    }
  }

  snapshot(): NormSnapshot {
    const shown = ({ latest, history }: { latest: PlainL1Step | null; history: History }) => ({
      latest,
      norm: history.curve(1),
      l1: history.curve(2),
    });
    return { step: this.nSteps, nSteps: N_STEPS, held: shown(this.lanes.held), free: shown(this.lanes.free) };
  }
}
