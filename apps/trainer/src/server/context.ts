import type { Db } from '@featurescope/db';
import type { Store } from '@featurescope/store';
import type { Log } from '../log.ts';
import type { ActivationService } from './services/activations.ts';
import type { AnalysisService } from './services/analyses/analyses.ts';
import type { BundleService } from './services/bundle/bundle.ts';
import type { CausalService } from './services/causal.ts';
import type { DatasetService } from './services/datasets.ts';
import type { DecompositionService } from './services/decompositions/decompositions.ts';
import type { DictionaryService } from './services/dictionaries/dictionaries.ts';
import type { DictionaryDownloads } from './services/dictionaries/dictionary-downloads.ts';
import type { DictionaryUploads } from './services/dictionaries/dictionary-uploads.ts';
import type { FeatureService } from './services/features.ts';
import type { HealthService } from './services/health.ts';
import type { ModelAdder } from './services/model-adder.ts';
import type { ModelService } from './services/models.ts';
import type { RunService } from './services/runs.ts';
import type { SteeringService } from './services/steering.ts';
import type { SweepService } from './services/sweeps.ts';
import type { SyntheticRunService } from './services/synthetic-runs.ts';

/** Everything that routes call. Made once, at start. */
export interface ServerContext {
  db: Db;
  log: Log;
  store: Store;
  adder: ModelAdder;
  models: ModelService;
  datasets: DatasetService;
  runs: RunService;
  syntheticRuns: SyntheticRunService;
  activations: ActivationService;
  decompositions: DecompositionService;
  sweeps: SweepService;
  bundles: BundleService;
  dictionaries: DictionaryService;
  dictionaryUploads: DictionaryUploads;
  dictionaryDownloads: DictionaryDownloads;
  features: FeatureService;
  steering: SteeringService;
  analyses: AnalysisService;
  causal: CausalService;
  health: HealthService;
}
