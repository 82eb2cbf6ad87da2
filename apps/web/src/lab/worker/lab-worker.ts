import type { BrowserBackend } from '@featurescope/tensor/browser';
import { DisentanglerExperiment } from './disentangler-experiment.ts';
import { ensureBackend } from './engine.ts';
import type { Experiment } from './experiment.ts';
import { ExplorerExperiment } from './explorer-experiment.ts';
import { GeometryExperiment } from './geometry-experiment.ts';
import type { Engine, ExperimentName, Experiments, LabAnswer, LabRequest } from './messages.ts';
import { NormExperiment } from './norm-experiment.ts';
import { PhaseExperiment } from './phase-experiment.ts';
import { RecoveryExperiment } from './recovery-experiment.ts';
import { SparsitySweepExperiment } from './sparsity-sweep-experiment.ts';
import { SuperpositionExperiment } from './superposition-experiment.ts';
import { TradeOffExperiment } from './trade-off-experiment.ts';

type Create<N extends ExperimentName> = (
  settings: Experiments[N]['settings'],
) => Experiment<Experiments[N]['snapshot']>;

const create: { [N in ExperimentName]: Create<N> } = {
  superposition: (settings) => new SuperpositionExperiment(settings),
  phase: (settings) => new PhaseExperiment(settings),
  recovery: (settings) => new RecoveryExperiment(settings),
  norm: (settings) => new NormExperiment(settings),
  disentangler: (settings) => new DisentanglerExperiment(settings),
  explorer: (settings) => new ExplorerExperiment(settings),
  tradeOff: (settings) => new TradeOffExperiment(settings),
  geometry: (settings) => new GeometryExperiment(settings),
  sparsitySweep: (settings) => new SparsitySweepExperiment(settings),
};

const usesTensors: ExperimentName[] = ['recovery', 'disentangler', 'explorer', 'tradeOff'];

/** Work between two looks at the mailbox: a slider that moves is answered within it. */
const SLICE_MS = 10;
/** Where the pace allows nothing yet. */
const REST_MS = 4;

const scope = self as unknown as {
  postMessage(answer: LabAnswer): void;
  onmessage: ((event: MessageEvent<LabRequest>) => void) | null;
};

let current: { run: number; experiment: Experiment<unknown> } | null = null;
let isPaused = false;
/** A snapshot is on its way to the screen: none is made until it is drawn, which is at most once per frame. */
let isShowing = false;
let hasNews = false;
let isScheduled = false;
let latestRun = 0;
/** Units of work that the pace allows by now. */
let credit = 0;
let creditedAt = 0;

const turn = new MessageChannel();
turn.port1.onmessage = () => {
  isScheduled = false;
  work();
};

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  turn.port2.postMessage(null);
}

/** One timer at a time: every drawn snapshot comes by here as well. */
let isResting = false;
function rest(): void {
  if (isResting) return;
  isResting = true;
  setTimeout(() => {
    isResting = false;
    schedule();
  }, REST_MS);
}

function work(): void {
  if (!current) return;
  const { run, experiment } = current;
  try {
    if (!isPaused && !experiment.isDone) {
      const until = performance.now() + SLICE_MS;
      earnCredit(experiment.pace ?? Number.POSITIVE_INFINITY);
      for (; credit >= 1 && !experiment.isDone && performance.now() < until; credit--) {
        experiment.advance();
        hasNews = true;
      }
    }
    show();
    if (!isPaused && !experiment.isDone) {
      if (credit >= 1) schedule();
      else rest();
    }
  } catch (error) {
    end();
    scope.postMessage({ type: 'failed', run, message: error instanceof Error ? error.message : String(error) });
  }
}

/** At most a tenth of a second is made up for, so that a pause is not followed by a jump. */
function earnCredit(pace: number): void {
  const now = performance.now();
  credit = pace === Number.POSITIVE_INFINITY ? pace : Math.min(credit + ((now - creditedAt) / 1000) * pace, pace / 10);
  creditedAt = now;
}

function show(): void {
  if (!current || isShowing || !hasNews) return;
  const { run, experiment } = current;
  isShowing = true;
  hasNews = false;
  const snapshot = experiment.snapshot() as Experiments[ExperimentName]['snapshot'];
  scope.postMessage({ type: 'snapshot', run, snapshot, isDone: experiment.isDone });
}

function end(): void {
  current?.experiment.dispose?.();
  current = null;
}

async function start(request: Extract<LabRequest, { type: 'start' }>): Promise<void> {
  const { run, name, settings, knownBackend } = request;
  latestRun = run;
  end();
  try {
    const engine: Engine = usesTensors.includes(name)
      ? { kind: 'tensor', backend: await backend(knownBackend) }
      : { kind: 'plain' };
    // While the backends were measured, another start may have come.
    if (run !== latestRun) return;
    scope.postMessage({ type: 'engine', engine });
    end();
    current = { run, experiment: (create[name] as Create<ExperimentName>)(settings) };
    hasNews = true;
    credit = 0;
    creditedAt = performance.now();
    work();
  } catch (error) {
    scope.postMessage({ type: 'failed', run, message: error instanceof Error ? error.message : String(error) });
  }
}

let measured: Promise<BrowserBackend> | null = null;
function backend(known: BrowserBackend | null): Promise<BrowserBackend> {
  measured ??= ensureBackend(known);
  return measured;
}

scope.onmessage = ({ data }) => {
  if (data.type === 'start') void start(data);
  else if (data.type === 'pause') {
    isPaused = data.isPaused;
    if (!isPaused) schedule();
  } else {
    isShowing = false;
    if (hasNews) schedule();
  }
};
