import {
  type ArchitectureOptions,
  type Evaluation,
  type Generator,
  generatorShape,
  generatorWords,
  type ImportedFrom,
  type Run,
} from '@featurescope/contracts';
import type { RunCurve, RunRow } from '@featurescope/db';

const bosPolicy = (leftOutOf: string) =>
  `Every context begins with BOS; its activation and rows of outlying norm are left out of ${leftOutOf} and metrics`;

type InputHashes = Partial<Pick<Run['provenance'], 'weightsHash' | 'tokenizerHash' | 'datasetHash'>>;

/** A run as the API shows it. */
export function toRun(row: RunRow, curve: RunCurve | undefined): Run {
  const hashes = row.inputHashes as InputHashes;
  const latest = curve?.latest ?? null;
  const isImported = row.origin === 'imported';
  const isFitted = row.origin === 'fitted';
  const generator = row.synthetic as Generator | null;
  const ofTraining = <T>(value: T) => (isImported || isFitted ? null : value);
  return {
    id: row.id,
    name: row.name,
    source: row.source as Run['source'],
    modelId: row.modelId,
    modelName: row.model?.name ?? '',
    hookName: row.hookName,
    datasetId: row.datasetId,
    datasetName: row.dataset?.name ?? '',
    synthetic: generator && { ...generatorShape(generator), words: generatorWords(generator) },
    origin: row.origin as Run['origin'],
    imported: row.imported as ImportedFrom | null,
    sweepId: row.sweepId,
    architecture: row.architecture as Run['architecture'],
    nLatents: row.nLatents,
    k: row.k,
    l1Coefficient: row.l1Coefficient,
    architectureOptions: row.architectureOptions as ArchitectureOptions,
    preset: ofTraining(row.preset as Run['preset']),
    nTokens: isImported ? null : Number(row.nTokens),
    batchSize: ofTraining(row.batchSize),
    learningRate: ofTraining(row.learningRate),
    seed: row.seed,
    activations: row.activations as Run['activations'],
    storedActivations: row.activationUse as Run['storedActivations'],
    status: row.status as Run['status'],
    desiredState: row.desiredState as Run['desiredState'],
    stage: row.stage as Run['stage'],
    progress: row.progress as Run['progress'],
    step: row.step,
    nSteps: ofTraining(row.nSteps),
    latest: latest && {
      loss: latest.loss,
      fvu: latest.fvu,
      l0: latest.l0,
      deadShare: latest.deadShare,
      tokensPerSecond: latest.tokensPerSecond,
    },
    fvuSparkline: curve?.fvuSparkline ?? [],
    evaluation: row.evaluation as Evaluation | null,
    nFeatures: row.nFeatures,
    nLabelled: row.nLabelled,
    failure: row.failure as Run['failure'],
    // The worker writes what its trainer resolved; what it does not know of stands in the run's own columns.
    resolvedConfig: {
      ...(generator ? { generator } : { hookName: row.hookName }),
      ...(isImported ? {} : { nTokens: Number(row.nTokens), seed: row.seed }),
      ...(generator ? {} : { contextSize: row.contextSize }),
      ...(row.resolvedConfig as Record<string, unknown>),
    },
    provenance: {
      weightsHash: hashes.weightsHash ?? row.model?.weightsHash ?? '',
      tokenizerHash: hashes.tokenizerHash ?? row.model?.tokenizerHash ?? '',
      datasetHash: hashes.datasetHash ?? row.dataset?.contentHash ?? null,
      bosPolicy: generator ? '' : bosPolicy(isImported ? 'the index' : isFitted ? 'fitting' : 'training'),
      contextSize: row.contextSize,
      checkpointHash: row.checkpoints[0]?.sha256 ?? null,
      excludedRows: row.excludedRows as Run['provenance']['excludedRows'],
    },
    demo: row.demo,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    lastSeq: row.lastSeq,
  };
}
