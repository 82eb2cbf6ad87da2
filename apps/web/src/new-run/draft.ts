import {
  type ActivationSource,
  type Architecture,
  architectures,
  type CreateRun,
  createRunSchema,
  type Dataset,
  type Model,
  type Run,
} from '@featurescope/contracts';

import type { GeneratorDraft } from './generator-draft.ts';

/** The form as it is typed: numbers stay text until they are checked, so that nothing typed is ever lost. */
export interface Draft {
  name: string;
  modelId: string;
  hookName: string;
  datasetId: string;
  architecture: Architecture;
  /** Latents, k and L1 coefficient are lists: each combination is a run. */
  isSweep: boolean;
  nLatents: string;
  k: string;
  l1Coefficient: string;
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

export interface Preset {
  id: string;
  label: string;
  meaning: string;
  latentsPerDimension: number;
  nTokens: number;
}

export const presets: Preset[] = [
  {
    id: 'quick',
    label: 'Quick look',
    meaning: 'A coarse dictionary in a minute or two.',
    latentsPerDimension: 4,
    nTokens: 300_000,
  },
  {
    id: 'balanced',
    label: 'Balanced',
    meaning: 'Enough to browse and steer.',
    latentsPerDimension: 8,
    nTokens: 1_500_000,
  },
  {
    id: 'thorough',
    label: 'Thorough',
    meaning: 'Finer features, several times the wait.',
    latentsPerDimension: 16,
    nTokens: 5_000_000,
  },
];

const fields = (preset: Preset, model: Model | undefined): Pick<Draft, 'nLatents' | 'nTokens'> => ({
  nLatents: String(preset.latentsPerDimension * (model?.dModel ?? 256)),
  nTokens: String(preset.nTokens),
});

export const applyPreset = (draft: Draft, preset: Preset, model: Model | undefined): Draft => ({
  ...draft,
  ...withLearningRate(draft, fields(preset, model)),
});

export const matchesPreset = (draft: Draft, preset: Preset, model: Model | undefined): boolean => {
  const { nLatents, nTokens } = fields(preset, model);
  return parseNumber(draft.nLatents) === Number(nLatents) && parseNumber(draft.nTokens) === Number(nTokens);
};

/** What works on the bundled model; wider TopK dictionaries want smaller steps. */
export function defaultLearningRate(architecture: Architecture, nLatents: number): string {
  if (architecture === 'standard') return '0.0005';
  const width = Number.isFinite(nLatents) ? Math.max(2048, nLatents) : 2048;
  return String(Number((0.003 * Math.sqrt(2048 / width)).toPrecision(2)));
}

/** A change of architecture or width, with the learning rate that goes with it unless another one was typed. */
export function withLearningRate(draft: Draft, change: Partial<Draft>): Partial<Draft> {
  // In a sweep the widest dictionary decides.
  const widest = (of: Draft) => Math.max(...(of.isSweep ? splitList(of.nLatents) : [of.nLatents]).map(parseNumber));
  const usual = (of: Draft) => defaultLearningRate(of.architecture, widest(of));
  const changed = { ...draft, ...change };
  return draft.learningRate === usual(draft) ? { ...change, learningRate: usual(changed) } : change;
}

export function initialDraft(models: Model[], datasets: Dataset[], from?: Run): Draft {
  const model = models.find((candidate) => candidate.id === from?.modelId) ?? models[0];
  const ready = datasets.filter((dataset) => dataset.status === 'ready');
  const dataset = ready.find((candidate) => candidate.id === from?.datasetId) ?? ready[0];
  const draft: Draft = {
    name: from ? `${from.name} (again)`.slice(0, 200) : '',
    modelId: model?.id ?? '',
    hookName: from?.hookName ?? model?.defaultHookName ?? '',
    datasetId: dataset?.id ?? '',
    architecture: trainable(from?.architecture) ?? 'topk',
    isSweep: false,
    k: String(from?.k ?? 32),
    l1Coefficient: String(from?.l1Coefficient ?? 1),
    ...fields(presets[1], model),
    ...(from && { nLatents: String(from.nLatents) }),
    ...(from?.nTokens && { nTokens: String(from.nTokens) }),
    batchSize: String(from?.batchSize ?? 1024),
    learningRate: '',
    seed: String(from?.seed ?? 0),
    activations: from?.activations ?? 'stream',
  };
  const learningRate = from?.learningRate ?? defaultLearningRate(draft.architecture, parseNumber(draft.nLatents));
  return { ...draft, learningRate: String(learningRate) };
}

/** The architecture where it can be trained here; imported dictionaries can have others. */
const trainable = (architecture: string | undefined) => architectures.find((known) => known === architecture);

/** The values of a field that takes several: "16, 32 64". A comma separates; thousands are written without one. */
export const splitList = (text: string): string[] => text.split(/[\s,;]+/).filter((value) => value !== '');

/** "2,048", "16k", "1.5M", "1e-3" → number; NaN for anything else. */
export function parseNumber(text: string): number {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kKmM]?)$/i.exec(text.replace(/[\s,_]/g, ''));
  if (!match) return Number.NaN;
  const factor = { '': 1, k: 1e3, m: 1e6 }[match[2].toLowerCase()] ?? 1;
  return Number((Number(match[1]) * factor).toPrecision(15));
}

/** The request that the draft stands for, or what is wrong at which field. */
export function checkDraft(draft: Draft): { run: CreateRun | null; errors: FieldErrors } {
  const numbers = {
    nLatents: parseNumber(draft.nLatents),
    nTokens: parseNumber(draft.nTokens),
    batchSize: parseNumber(draft.batchSize),
    learningRate: parseNumber(draft.learningRate),
    seed: parseNumber(draft.seed),
    ...(draft.architecture === 'topk'
      ? { k: parseNumber(draft.k) }
      : { l1Coefficient: parseNumber(draft.l1Coefficient) }),
  };
  const { modelId, hookName, datasetId, architecture, activations } = draft;
  const name = draft.name.trim() || undefined;
  const chosen = { modelId, hookName, datasetId, architecture, activations };
  const parsed = createRunSchema.safeParse({ ...chosen, name, ...numbers });
  if (parsed.success) return { run: parsed.data, errors: {} };
  const errors: FieldErrors = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path[0] as keyof Draft;
    errors[field] ??= sentence(field, String(draft[field]), issue);
  }
  return { run: null, errors };
}

type Issue = { code: string; message: string; minimum?: unknown; maximum?: unknown; inclusive?: boolean };

function sentence(field: keyof Draft, typed: string, issue: Issue): string {
  if (field === 'modelId') return 'Choose a model.';
  if (field === 'datasetId') return 'Choose a dataset.';
  if (typed.trim() === '') return 'A number is needed here.';
  if (Number.isNaN(parseNumber(typed)) && field !== 'name') return `“${typed}” is not a number.`;
  const limit = (value: unknown) => Number(value).toLocaleString('en-US', { maximumFractionDigits: 6 });
  if (issue.code === 'too_small')
    return `Must be ${issue.inclusive === false ? 'more than' : 'at least'} ${limit(issue.minimum)}.`;
  if (issue.code === 'too_big') return `Must be at most ${limit(issue.maximum)}.`;
  if (issue.code === 'invalid_type') return 'Must be a whole number.';
  return issue.message;
}
