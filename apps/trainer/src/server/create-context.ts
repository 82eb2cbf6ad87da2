import type { Db } from '@featurescope/db';
import { HubClient } from '@featurescope/hub';
import { Store } from '@featurescope/store';
import { openActivationStorage } from '../activations/activation-storage.ts';
import type { Env } from '../env.ts';
import type { Log } from '../log.ts';
import type { Queue } from '../queue.ts';
import type { ServerContext } from './context.ts';
import { ActivationService } from './services/activations.ts';
import { AnalysisService } from './services/analyses/analyses.ts';
import { BundleService } from './services/bundle/bundle.ts';
import { CausalService } from './services/causal.ts';
import { DatasetService } from './services/datasets.ts';
import { DecompositionService } from './services/decompositions/decompositions.ts';
import { DictionaryService } from './services/dictionaries/dictionaries.ts';
import { DictionaryDownloads } from './services/dictionaries/dictionary-downloads.ts';
import { DictionaryUploads } from './services/dictionaries/dictionary-uploads.ts';
import { FeatureService } from './services/features.ts';
import { HealthService } from './services/health.ts';
import { createInferenceClient } from './services/inference-client.ts';
import { ModelAdder } from './services/model-adder.ts';
import { ModelService } from './services/models.ts';
import { RunService } from './services/runs.ts';
import { SteeringService } from './services/steering.ts';
import { SweepService } from './services/sweeps.ts';
import { SyntheticRunService } from './services/synthetic-runs.ts';
import { Vocabularies } from './services/vocabularies.ts';

export interface ContextOptions {
  env: Pick<
    Env,
    | 'dataDirectory'
    | 'activations'
    | 'modelRoots'
    | 'dictionaryRoots'
    | 'hub'
    | 'bundledModelDirectory'
    | 'inferenceUrls'
    | 'inferenceSecret'
  >;
  db: Db;
  queue: Queue;
  log: Log;
  version: string;
}

/** Joins the services to each other. */
export function createContext({ env, db, queue, log, version }: ContextOptions): ServerContext {
  const store = new Store(env.dataDirectory);
  const inference = createInferenceClient(env.inferenceUrls, env.inferenceSecret);
  const vocabularies = new Vocabularies();
  const hub = new HubClient(env.hub);
  const adder = new ModelAdder({ db, log, hub, roots: env.modelRoots });
  const models = new ModelService({
    db,
    log,
    adder,
    hub,
    roots: env.modelRoots,
    bundledDirectory: env.bundledModelDirectory,
    inference,
  });
  const activations = openActivationStorage(env.activations);
  const runs = new RunService({ db, store, queue, models, inference, activations });
  const uploads = new DictionaryUploads(store);
  const downloads = new DictionaryDownloads(hub, log);
  return {
    db,
    log,
    store,
    adder,
    models,
    runs,
    syntheticRuns: new SyntheticRunService({ db, queue, inference, runs }),
    activations: new ActivationService({ db, log, storage: activations }),
    decompositions: new DecompositionService({ db, queue, runs }),
    sweeps: new SweepService({ db, queue, runs }),
    bundles: new BundleService({ db, store, runs, vocabularies }),
    dictionaries: new DictionaryService({ db, store, queue, runs, uploads, downloads, roots: env.dictionaryRoots }),
    dictionaryUploads: uploads,
    dictionaryDownloads: downloads,
    datasets: new DatasetService(db, store),
    features: new FeatureService({ db, vocabularies, inference }),
    steering: new SteeringService({ db, runs, models, vocabularies, inference }),
    analyses: new AnalysisService({ db, queue, inference }),
    causal: new CausalService({ db, queue, runs, models, inference }),
    health: new HealthService({ db, queue, inference, version }),
  };
}
