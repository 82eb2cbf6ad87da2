import {
  createRecoveryWorld,
  type RecoveryReport,
  RecoveryTrial,
  type RecoveryWorld,
  randomMatch,
} from '@featurescope/sae/toy';
import { architectureOf, type LabArchitecture } from '../architectures.ts';
import type { Experiment } from './experiment.ts';
import { History } from './history.ts';

export interface RecoverySettings {
  architectures: LabArchitecture[];
  k: number;
  l1Coefficient: number;
  nLatents: number;
  mostActive: number;
  seed: number;
}

export interface RecoveryLane {
  architecture: LabArchitecture;
  step: number;
  report: RecoveryReport;
  /** Mean best cosine before the first step. */
  untrained: number;
  fvu: [number, number][];
  l0: [number, number][];
  dead: [number, number][];
}

export interface RecoverySnapshot {
  nSteps: number;
  /** Mean best cosine of as many random directions. */
  random: number;
  lanes: RecoveryLane[];
}

const N_STEPS = 1000;
const BATCH = 256;
/** Rows that the figures on the way are measured on; at the end it is all of them. */
const GLANCE_ROWS = 1000;

export class RecoveryExperiment implements Experiment<RecoverySnapshot> {
  private readonly world: RecoveryWorld;
  private readonly random: number;
  private readonly lanes;
  private next = 0;

  constructor(settings: RecoverySettings) {
    const { architectures, nLatents, mostActive, seed } = settings;
    this.world = createRecoveryWorld(mostActive, seed);
    this.random = randomMatch(this.world, nLatents, seed).mean;
    this.lanes = architectures.map((architecture) => {
      const sizes = { nLatents, nSteps: N_STEPS, batchSize: BATCH, seed };
      const trial = new RecoveryTrial(this.world, { architecture: architectureOf(architecture, settings), ...sizes });
      return { architecture, trial, untrained: trial.report(GLANCE_ROWS).match.mean, history: new History(160) };
    });
  }

  get isDone(): boolean {
    return this.lanes.every(({ trial }) => trial.isDone);
  }

  /** The lanes take turns, so that they stand at the same step. */
  advance(): void {
    const lane = this.lanes[this.next++ % this.lanes.length];
    if (lane.trial.isDone) return;
    const { step, fvu, l0, deadShare } = lane.trial.step();
    lane.history.add(step, fvu, l0, deadShare);
  }

  snapshot(): RecoverySnapshot {
    return {
      nSteps: N_STEPS,
      random: this.random,
      lanes: this.lanes.map(({ architecture, trial, untrained, history }) => ({
        architecture,
        step: trial.trainer.stepsDone,
        report: trial.report(trial.isDone ? undefined : GLANCE_ROWS),
        untrained,
        fvu: history.curve(1),
        l0: history.curve(2),
        dead: history.curve(3),
      })),
    };
  }

  dispose(): void {
    for (const { trial } of this.lanes) trial.dispose();
  }
}
