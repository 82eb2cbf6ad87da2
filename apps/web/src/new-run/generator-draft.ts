import { type Generator, generatorSchema } from '@featurescope/contracts';
import { parseNumber } from './typed-numbers.ts';

/** The generator of synthetic data as it is typed: numbers stay text until they are checked. */
export interface GeneratorDraft {
  nTruths: string;
  dModel: string;
  directions: Generator['directions'];
  activity: Generator['activity']['kind'];
  activeMin: string;
  activeMax: string;
  probability: string;
  decay: string;
  magnitude: Generator['magnitude']['kind'];
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
  isFinite: boolean;
  nSamples: string;
  nEvaluationSamples: string;
  seed: string;
}

export type GeneratorErrors = Partial<Record<keyof GeneratorDraft, string>>;

/** 8 truths in 4 dimensions: so few dimensions that truths overlap, and so few samples that they repeat. */
export const smallGenerator: GeneratorDraft = {
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
  const { directions, structure } = draft;
  return {
    nTruths: number('nTruths'),
    dModel: number('dModel'),
    directions,
    activity:
      draft.activity === 'range'
        ? { kind: 'range', min: number('activeMin'), max: number('activeMax') }
        : { kind: 'independent', probability: number('probability'), decay: number('decay') },
    magnitude:
      draft.magnitude === 'uniform'
        ? { kind: 'uniform', min: number('magnitudeMin'), max: number('magnitudeMax') }
        : { kind: 'normal', mean: number('magnitudeMean'), deviation: number('magnitudeDeviation') },
    correlation: structure === 'correlation' ? { groupSize: number('groupSize'), strength: number('strength') } : null,
    hierarchy:
      structure === 'hierarchy'
        ? {
            nRoots: number('nRoots'),
            nChildren: number('nChildren'),
            depth: number('depth'),
            childProbability: number('childProbability'),
            exclusive: draft.exclusive,
          }
        : null,
    nSamples: draft.isFinite ? number('nSamples') : null,
    nEvaluationSamples: number('nEvaluationSamples'),
    seed: number('seed'),
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
  const { activity, magnitude, correlation, hierarchy, nSamples } = generator;
  const text = (values: Record<string, number>) =>
    Object.fromEntries(Object.entries(values).map(([field, value]) => [field, String(value)]));
  return {
    ...smallGenerator,
    ...text({ nTruths: generator.nTruths, dModel: generator.dModel, seed: generator.seed }),
    ...text({ nEvaluationSamples: generator.nEvaluationSamples }),
    directions: generator.directions,
    activity: activity.kind,
    ...(activity.kind === 'range'
      ? text({ activeMin: activity.min, activeMax: activity.max })
      : text({ probability: activity.probability, decay: activity.decay })),
    magnitude: magnitude.kind,
    ...(magnitude.kind === 'uniform'
      ? text({ magnitudeMin: magnitude.min, magnitudeMax: magnitude.max })
      : text({ magnitudeMean: magnitude.mean, magnitudeDeviation: magnitude.deviation })),
    structure: correlation ? 'correlation' : hierarchy ? 'hierarchy' : 'none',
    ...(correlation ? text({ groupSize: correlation.groupSize, strength: correlation.strength }) : {}),
    ...(hierarchy
      ? {
          ...text({ nRoots: hierarchy.nRoots, nChildren: hierarchy.nChildren, depth: hierarchy.depth }),
          ...text({ childProbability: hierarchy.childProbability }),
          exclusive: hierarchy.exclusive,
        }
      : {}),
    isFinite: nSamples !== null,
    ...(nSamples === null ? {} : text({ nSamples })),
  };
}
