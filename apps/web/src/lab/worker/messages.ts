import type { BrowserBackend } from '@featurescope/tensor/browser';
import type { DisentanglerSettings, DisentanglerSnapshot } from './disentangler-experiment.ts';
import type { ExplorerSettings, ExplorerSnapshot } from './explorer-experiment.ts';
import type { GeometrySettings, GeometrySnapshot } from './geometry-experiment.ts';
import type { NormSettings, NormSnapshot } from './norm-experiment.ts';
import type { PhaseSettings, PhaseSnapshot } from './phase-experiment.ts';
import type { RecoverySettings, RecoverySnapshot } from './recovery-experiment.ts';
import type { SparsitySweepSettings, SparsitySweepSnapshot } from './sparsity-sweep-experiment.ts';
import type { SuperpositionSettings, SuperpositionSnapshot } from './superposition-experiment.ts';
import type { TradeOffSettings, TradeOffSnapshot } from './trade-off-experiment.ts';

/** Every experiment of the Lab: what it is told, and what it shows. */
export interface Experiments {
  superposition: { settings: SuperpositionSettings; snapshot: SuperpositionSnapshot };
  phase: { settings: PhaseSettings; snapshot: PhaseSnapshot };
  recovery: { settings: RecoverySettings; snapshot: RecoverySnapshot };
  norm: { settings: NormSettings; snapshot: NormSnapshot };
  disentangler: { settings: DisentanglerSettings; snapshot: DisentanglerSnapshot };
  explorer: { settings: ExplorerSettings; snapshot: ExplorerSnapshot };
  tradeOff: { settings: TradeOffSettings; snapshot: TradeOffSnapshot };
  geometry: { settings: GeometrySettings; snapshot: GeometrySnapshot };
  sparsitySweep: { settings: SparsitySweepSettings; snapshot: SparsitySweepSnapshot };
}

export type ExperimentName = keyof Experiments;

/** What runs the arithmetic: plain loops where a model is smaller than a tensor call, else a backend of TensorFlow.js. */
export type Engine = { kind: 'plain' } | { kind: 'tensor'; backend: BrowserBackend };

export type LabRequest =
  | {
      type: 'start';
      /** Answers carry it, so that one that crossed a newer request is dropped. */
      run: number;
      name: ExperimentName;
      settings: Experiments[ExperimentName]['settings'];
      /** Measured before, in another worker of this visit. */
      knownBackend: BrowserBackend | null;
    }
  | { type: 'pause'; isPaused: boolean }
  /** The last snapshot is on the screen: the next may come. */
  | { type: 'drawn' };

export type LabAnswer =
  | { type: 'engine'; engine: Engine }
  | { type: 'snapshot'; run: number; snapshot: Experiments[ExperimentName]['snapshot']; isDone: boolean }
  | { type: 'failed'; run: number; message: string };
