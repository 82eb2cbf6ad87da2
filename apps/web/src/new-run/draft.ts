import type {
  ActivationSource,
  Architecture,
  BDecInit,
  DecoderInit,
  Preset,
  SparsityLoss,
} from '@featurescope/contracts';

import type { GeneratorDraft } from './generator-draft.ts';

/** The form as it is typed: numbers stay text until they are checked, so that nothing typed is ever lost. */
export interface Draft {
  name: string;
  modelId: string;
  hookName: string;
  datasetId: string;
  /** One; of a sweep, one or several. */
  architectures: Architecture[];
  /** Latents, k, target L0 and coefficients are lists: each combination is a run. */
  isSweep: boolean;
  nLatents: string;
  k: string;
  /** Widths of matryoshka's nested dictionaries, the full one may be left out; empty: the usual ones. */
  prefixes: string;
  l1Coefficient: string;
  sparsityLoss: SparsityLoss;
  l0Coefficient: string;
  targetL0: string;
  preset: Preset;
  decoderInit: DecoderInit;
  /** Empty: what the preset takes. */
  bDecInit: BDecInit | '';
  nTokens: string;
  batchSize: string;
  learningRate: string;
  seed: string;
  activations: ActivationSource;
  /** Absent: a model. */
  source?: 'model' | 'synthetic';
  /** Of synthetic data. */
  generator?: GeneratorDraft;
}

export type FieldErrors = Partial<Record<keyof Draft, string>>;
