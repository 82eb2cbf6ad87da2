import type { RecoveryPoint } from '@featurescope/contracts';
import { appendEvent, type SyntheticRunForWork, upsertRecoveryPoint } from '@featurescope/db';
import { type SaeTrainer, SparseAutoencoder, type SyntheticData, type SyntheticSamples } from '@featurescope/sae';
import type { StageContext } from '../stage-context.ts';
import { dictionaryOf } from './dictionary-of.ts';
import { DictionaryMeter } from './measure-dictionary.ts';

/** Samples behind a point: enough for curves; the finished dictionary is measured on more. */
const nProbeSamples = 2048;
/** Points of a run's curves at most. */
const nPoints = 60;
/** Of the time of training that goes into looking at it, at most. */
const probeShare = 0.1;

/** Measures a dictionary while it trains, evenly over the run, and always before the first step and after the last. */
export class RecoveryProbe {
  private readonly context: StageContext<SyntheticRunForWork>;
  private readonly data: SyntheticData;
  private readonly samples: SyntheticSamples;
  private readonly interval: number;
  private readonly startedAt = performance.now();
  private spentMs = 0;

  constructor(context: StageContext<SyntheticRunForWork>, data: SyntheticData) {
    this.context = context;
    this.data = data;
    this.samples = data.samples('probe', 0, nProbeSamples);
    this.interval = Math.max(1, Math.floor(context.run.nSteps / nPoints));
  }

  /** To be called after every step. */
  look(trainer: SaeTrainer): void {
    const step = trainer.stepsDone;
    const isEnd = step === 0 || step === this.context.run.nSteps;
    if (!isEnd && (step % this.interval !== 0 || this.isBehind())) return;
    const startedAt = performance.now();
    const point = this.measure(trainer);
    this.spentMs += performance.now() - startedAt;
    const { run, writer } = this.context;
    writer.enqueue(async (transaction) => {
      await upsertRecoveryPoint(transaction, run.id, point);
      await appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'recovery', payload: point });
    });
  }

  private isBehind(): boolean {
    return this.spentMs > probeShare * (performance.now() - this.startedAt);
  }

  private measure(trainer: SaeTrainer): RecoveryPoint {
    const { config, weights } = dictionaryOf(trainer);
    const sae = new SparseAutoencoder(config, weights);
    try {
      const meter = new DictionaryMeter(this.data, sae);
      meter.add(this.samples);
      const { summary, reconstruction } = meter.result();
      const { recovery, mcc, uniqueness, f1, bestMatch, l0, trueL0, nAlive } = summary;
      const values = { recovery, mcc, uniqueness, f1, bestMatch, l0, trueL0, nAlive };
      return { step: trainer.stepsDone, ...values, fvu: reconstruction.fvu };
    } finally {
      sae.dispose();
    }
  }
}
