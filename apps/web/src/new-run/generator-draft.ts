import { type Generator, generatorSchema, type SumsGenerator } from '@featurescope/contracts';
import { parseNumber } from './typed-numbers.ts';

/** The generator of synthetic data as it is typed: numbers stay text until they are checked. Fields of other kinds keep what was typed. */
export interface GeneratorDraft {
  kind: 'sums' | 'superposition' | 'classes';
  nTruths: string;
  dModel: string;
  directions: SumsGenerator['directions'];
  activity: SumsGenerator['activity']['kind'];
  activeMin: string;
  activeMax: string;
  probability: string;
  decay: string;
  magnitude: SumsGenerator['magnitude']['kind'];
  magnitudeMin: string;
  magnitudeMax: string;
  magnitudeMean: string;
  magnitudeDeviation: string;
  structure: 'none' | 'correlation' | 'hierarchy';
  groupSize: string;
  strength: string;
  nRoots: string;
  nChildren: string;
  depth: string;
  childProbability: string;
  exclusive: boolean;
  sparsity: string;
  importanceDecay: string;
  leastMagnitude: string;
  output: 'relu' | 'linear';
  nClasses: string;
  nInputs: string;
  nHidden: string;
  deviation: string;
  isFinite: boolean;
  nSamples: string;
  nEvaluationSamples: string;
  seed: string;
}

export type GeneratorErrors = Partial<Record<keyof GeneratorDraft, string>>;

/** 8 truths in 4 dimensions: so few dimensions that truths overlap, and so few samples that they repeat. */
export const smallGenerator: GeneratorDraft = {
  kind: 'sums',
  nTruths: '8',
  dModel: '4',
  directions: 'random',
  activity: 'range',
  activeMin: '1',
  activeMax: '3',
  probability: '0.02',
  decay: '0',
  magnitude: 'uniform',
  magnitudeMin: '0.5',
  magnitudeMax: '2',
  magnitudeMean: '1',
  magnitudeDeviation: '0.25',
  structure: 'none',
  groupSize: '4',
  strength: '0.5',
  nRoots: '16',
  nChildren: '4',
  depth: '2',
  childProbability: '0.2',
  exclusive: false,
  sparsity: '0.9',
  importanceDecay: '1',
  leastMagnitude: '0',
  output: 'relu',
  nClasses: '8',
  nInputs: '8',
  nHidden: '16',
  deviation: '0.073',
  isFinite: true,
  nSamples: '5000',
  nEvaluationSamples: '5000',
  seed: '200',
};

/** 512 truths in 256 dimensions, about ten active, every sample new. */
export const wideGenerator: GeneratorDraft = {
  ...smallGenerator,
  nTruths: '512',
  dModel: '256',
  directions: 'orthogonalised',
  activity: 'independent',
  magnitude: 'normal',
  isFinite: false,
  nEvaluationSamples: '10000',
};

/** Five features that share a plane: what the toy model of superposition is known for. */
export const superposedGenerator: GeneratorDraft = {
  ...smallGenerator,
  kind: 'superposition',
  nTruths: '5',
  dModel: '2',
  isFinite: false,
  seed: '0',
};

/** The hidden layer of a classifier of 8 classes with 16 units. */
export const classesGenerator: GeneratorDraft = { ...smallGenerator, kind: 'classes', nSamples: '4096', seed: '0' };

/** The generator that a draft stands for, or what is wrong at which field. */
export function checkGenerator(draft: GeneratorDraft): { generator: Generator | null; errors: GeneratorErrors } {
  const parsed = generatorSchema.safeParse(valuesOf(draft));
  if (parsed.success) return { generator: parsed.data, errors: {} };
  const errors: GeneratorErrors = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOf(issue.path.join('.'));
    errors[field] ??= words(String(draft[field]), issue);
  }
  return { generator: null, errors };
}

function valuesOf(draft: GeneratorDraft): unknown {
  const number = (field: keyof GeneratorDraft) => parseNumber(String(draft[field]));
  return {
    ...worldValues(draft, number),
    nSamples: draft.isFinite ? number('nSamples') : null,
    nEvaluationSamples: number('nEvaluationSamples'),
    seed: number('seed'),
  };
}

function worldValues(draft: GeneratorDraft, number: (field: keyof GeneratorDraft) => number): object {
  const { kind, directions, structure, output } = draft;
  const numbers = (...fields: (keyof GeneratorDraft)[]) =>
    Object.fromEntries(fields.map((field) => [field, number(field)]));
  if (kind === 'classes') return { kind, ...numbers('nClasses', 'nInputs', 'nHidden', 'deviation') };
  if (kind === 'superposition')
    return { kind, output, ...numbers('nTruths', 'dModel', 'sparsity', 'importanceDecay', 'leastMagnitude') };
  return {
    ...numbers('nTruths', 'dModel'),
    directions,
    activity:
      draft.activity === 'range'
        ? { kind: 'range', min: number('activeMin'), max: number('activeMax') }
        : { kind: 'independent', ...numbers('probability', 'decay') },
    magnitude:
      draft.magnitude === 'uniform'
        ? { kind: 'uniform', min: number('magnitudeMin'), max: number('magnitudeMax') }
        : { kind: 'normal', mean: number('magnitudeMean'), deviation: number('magnitudeDeviation') },
    correlation: structure === 'correlation' ? numbers('groupSize', 'strength') : null,
    hierarchy:
      structure === 'hierarchy'
        ? { ...numbers('nRoots', 'nChildren', 'depth', 'childProbability'), exclusive: draft.exclusive }
        : null,
  };
}

const nestedFields: Record<string, keyof GeneratorDraft> = {
  'activity.min': 'activeMin',
  'activity.max': 'activeMax',
  'magnitude.min': 'magnitudeMin',
  'magnitude.max': 'magnitudeMax',
  'magnitude.mean': 'magnitudeMean',
  'magnitude.deviation': 'magnitudeDeviation',
  correlation: 'structure',
  hierarchy: 'structure',
};

/** The field of the form that a path of the request is typed in. */
function fieldOf(path: string): keyof GeneratorDraft {
  return nestedFields[path] ?? (path.split('.').at(-1) as keyof GeneratorDraft);
}

function words(
  typed: string,
  issue: { code: string; message: string; minimum?: unknown; maximum?: unknown; inclusive?: boolean },
): string {
  if (typed.trim() === '') return 'A number is needed here.';
  if (issue.code === 'custom') return issue.message;
  if (Number.isNaN(parseNumber(typed))) return `“${typed}” is not a number.`;
  if (issue.code === 'too_small')
    return `Must be ${issue.inclusive === false ? 'more than' : 'at least'} ${Number(issue.minimum).toLocaleString('en-US')}.`;
  if (issue.code === 'too_big') return `Must be at most ${Number(issue.maximum).toLocaleString('en-US')}.`;
  return issue.code === 'invalid_type' ? 'Must be a whole number.' : issue.message;
}

/** The draft of a generator that a run was made with. */
export function draftOf(generator: Generator): GeneratorDraft {
  const { nSamples, nEvaluationSamples, seed } = generator;
  return {
    ...smallGenerator,
    ...worldDraft(generator),
    ...texts({ nEvaluationSamples, seed }),
    isFinite: nSamples !== null,
    ...(nSamples === null ? {} : texts({ nSamples })),
  };
}

const texts = (values: Record<string, number>) =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [field, String(value)]));

function worldDraft(generator: Generator): Partial<GeneratorDraft> {
  if (generator.kind === 'classes') {
    const { kind, nClasses, nInputs, nHidden, deviation } = generator;
    return { kind, ...texts({ nClasses, nInputs, nHidden, deviation }) };
  }
  const { nTruths, dModel } = generator;
  if (generator.kind === 'superposition') {
    const { kind, output, sparsity, importanceDecay, leastMagnitude } = generator;
    return { kind, output, ...texts({ nTruths, dModel, sparsity, importanceDecay, leastMagnitude }) };
  }
  const { directions, activity, magnitude, correlation, hierarchy } = generator;
  return {
    ...texts({ nTruths, dModel }),
    directions,
    activity: activity.kind,
    ...(activity.kind === 'range'
      ? texts({ activeMin: activity.min, activeMax: activity.max })
      : texts({ probability: activity.probability, decay: activity.decay })),
    magnitude: magnitude.kind,
    ...(magnitude.kind === 'uniform'
      ? texts({ magnitudeMin: magnitude.min, magnitudeMax: magnitude.max })
      : texts({ magnitudeMean: magnitude.mean, magnitudeDeviation: magnitude.deviation })),
    structure: correlation ? 'correlation' : hierarchy ? 'hierarchy' : 'none',
    ...(correlation ? texts({ groupSize: correlation.groupSize, strength: correlation.strength }) : {}),
    ...(hierarchy ? hierarchyDraft(hierarchy) : {}),
  };
}

function hierarchyDraft({ exclusive, ...numbers }: NonNullable<SumsGenerator['hierarchy']>): Partial<GeneratorDraft> {
  return { ...texts(numbers), exclusive };
}
