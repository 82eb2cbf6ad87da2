import { type CreateSyntheticRun, createSyntheticRunSchema, type Run } from '@featurescope/contracts';
import { checkDraft } from './check-draft.ts';
import type { Draft, FieldErrors } from './draft.ts';
import {
  checkGenerator,
  classesGenerator,
  draftOf,
  type GeneratorDraft,
  smallGenerator,
  superposedGenerator,
  wideGenerator,
} from './generator-draft.ts';
import { endSweep } from './sweep-draft.ts';

export const isSyntheticDraft = (draft: Draft): boolean => draft.source === 'synthetic';
export const generatorOf = (draft: Draft): GeneratorDraft => draft.generator ?? smallGenerator;

/** A world with a dictionary and a training that go with it. */
export interface SyntheticPreset {
  id: string;
  label: string;
  meaning: string;
  generator: GeneratorDraft;
  training: Pick<Draft, 'nLatents' | 'k' | 'nTokens' | 'batchSize' | 'learningRate'> &
    Partial<Pick<Draft, 'decoderInit' | 'bDecInit'>>;
}

export const syntheticPresets: SyntheticPreset[] = [
  {
    id: 'small',
    label: '8 truths in 4 dimensions',
    meaning: 'Overlapping truths, few samples. Chance comes close here: a good place to see why it must be shown.',
    generator: smallGenerator,
    training: { nLatents: '32', k: '3', nTokens: '1000000', batchSize: '250', learningRate: '0.003' },
  },
  {
    id: 'wide',
    label: '512 truths in 256 dimensions',
    meaning: 'About ten active in each sample, every sample new: the benchmark of SAELens.',
    generator: wideGenerator,
    training: { nLatents: '512', k: '10', nTokens: '1500000', batchSize: '1024', learningRate: '0.003' },
  },
  {
    id: 'superposed',
    label: '5 features superposed in 2 dimensions',
    meaning: 'What a toy model makes of rare features, five to a plane: can a dictionary take them apart again?',
    generator: superposedGenerator,
    training: { nLatents: '8', k: '1', nTokens: '1000000', batchSize: '256', learningRate: '0.003' },
  },
  {
    id: 'classes',
    label: '8 classes in 16 hidden units',
    meaning: 'The hidden layer of a small classifier, whose units each speak for several classes.',
    generator: classesGenerator,
    training: {
      ...{ nLatents: '64', k: '1', nTokens: '128000', batchSize: '256' },
      ...{ learningRate: '0.00025', decoderInit: 'dataPoints', bDecInit: 'zeros' },
    },
  },
];

/** Changes that apply a preset. */
export const applySyntheticPreset = ({ generator, training }: SyntheticPreset): Partial<Draft> => ({
  preset: 'featurescope',
  decoderInit: 'random',
  bDecInit: '',
  ...training,
  architectures: ['topk'],
  generator,
});

export const matchesSyntheticPreset = (draft: Draft, { generator }: SyntheticPreset): boolean =>
  JSON.stringify(generatorOf(draft)) === JSON.stringify(generator);

/** Changes that switch the form to another source. A sweep shares a model's activations, so there is none of synthetic data. */
export function switchSource(draft: Draft, source: 'model' | 'synthetic', initial: Draft): Partial<Draft> {
  if (source === 'model') {
    const { nLatents, k, nTokens, batchSize, learningRate, architectures, decoderInit, bDecInit, preset } = initial;
    return { source, nLatents, k, nTokens, batchSize, learningRate, architectures, decoderInit, bDecInit, preset };
  }
  return { ...endSweep(draft), source, ...applySyntheticPreset(syntheticPresets[0]) };
}

/** What a form that begins from a run on synthetic data has beside what every form has. */
export function syntheticPart(from: Run | undefined): Partial<Draft> {
  if (from?.source !== 'synthetic') return {};
  const { generator } = from.resolvedConfig as { generator?: CreateSyntheticRun['generator'] };
  return { source: 'synthetic', generator: generator ? draftOf(generator) : smallGenerator };
}

/** Any id: what it stands for is left out of the request. */
const anyId = '00000000-0000-4000-8000-000000000000';

/** The request for a run on synthetic data that the draft stands for, or what is wrong at which field. Dictionary and training are
 *  checked as they are for a run on a model. */
export function checkSynthetic(draft: Draft): { run: CreateSyntheticRun | null; errors: FieldErrors } {
  const { generator } = checkGenerator(generatorOf(draft));
  const asOfModel = checkDraft({ ...draft, modelId: anyId, datasetId: anyId, hookName: 'x', activations: 'stream' });
  const errors: FieldErrors = { ...asOfModel.errors };
  if (generator === null) errors.generator = 'See the fields above.';
  if (asOfModel.run === null || generator === null) return { run: null, errors };
  const { modelId: _, datasetId: __, hookName: ___, activations: ____, source: _____, ...fields } = asOfModel.run;
  const parsed = createSyntheticRunSchema.safeParse({ ...fields, source: 'synthetic', generator });
  if (parsed.success) return { run: parsed.data, errors: {} };
  for (const { path, message } of parsed.error.issues) errors[path[0] as keyof Draft] ??= message;
  return { run: null, errors };
}
