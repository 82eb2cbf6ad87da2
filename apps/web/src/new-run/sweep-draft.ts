import {
  type Architecture,
  type CreateRun,
  type CreateSweep,
  createSweepSchema,
  maxVariants,
} from '@featurescope/contracts';
import { type ListField, sparsityField } from './architecture-fields.ts';
import { checkDraft } from './check-draft.ts';
import type { Draft, FieldErrors } from './draft.ts';
import { parseNumber, splitList } from './typed-numbers.ts';
import { usualLearningRate } from './usual-values.ts';

/** The draft's values as lists of one; a comma in a number of thousands would separate. */
export const beginSweep = (draft: Draft): Partial<Draft> => ({
  isSweep: true,
  ...eachList((field) => (Number.isNaN(parseNumber(draft[field])) ? draft[field] : String(parseNumber(draft[field])))),
});

/** The first of each list. */
export const endSweep = (draft: Draft): Partial<Draft> => ({
  isSweep: false,
  architectures: draft.architectures.length > 0 ? draft.architectures.slice(0, 1) : ['topk'],
  ...eachList((field) => splitList(draft[field])[0] ?? ''),
});

const listFields = ['nLatents', 'k', 'l1Coefficient', 'l0Coefficient', 'targetL0'] as const;
const eachList = (value: (field: (typeof listFields)[number]) => string) =>
  Object.fromEntries(listFields.map((field) => [field, value(field)])) as Pick<Draft, (typeof listFields)[number]>;

/** The request for a sweep that the draft stands for, one run for each combination of its values, or what is wrong at which field. */
export function checkSweep(draft: Draft): { sweep: CreateSweep | null; errors: FieldErrors } {
  const { architectures, sparsityLoss } = draft;
  if (architectures.length === 0)
    return { sweep: null, errors: { architectures: 'Choose an architecture, or several.' } };
  const fieldOf = (architecture: Architecture) => sparsityField(architecture, sparsityLoss);
  const used = [...new Set<'nLatents' | ListField>(['nLatents', ...architectures.map(fieldOf)])];
  const lists = Object.fromEntries(used.map((field) => [field, splitList(draft[field])])) as Record<ListName, string[]>;
  const errors = listErrors(lists);
  if (Object.keys(errors).length > 0) return { sweep: null, errors };
  const sizes = architectures.map((architecture) => lists[fieldOf(architecture)].length);
  const nRuns = lists.nLatents.length * sizes.reduce((sum, size) => sum + size, 0);
  const first = fieldOf(architectures[0]);
  if (nRuns < 2)
    return {
      sweep: null,
      errors: { [first]: 'Give several values here, several numbers of latents, or architectures.' },
    };
  if (nRuns > maxVariants)
    return { sweep: null, errors: { [first]: `These are ${nRuns} dictionaries; a sweep has at most ${maxVariants}.` } };

  const runs: CreateRun[] = [];
  for (const architecture of architectures)
    for (const nLatents of lists.nLatents)
      for (const value of lists[fieldOf(architecture)]) {
        const field = fieldOf(architecture);
        const checked = checkDraft(oneOf(draft, { architecture, nLatents, [field]: value }));
        if (checked.run) runs.push(checked.run);
        for (const [wrong, error] of Object.entries(checked.errors) as [keyof Draft, string][]) {
          const one = wrong === field ? value : nLatents;
          errors[wrong] ??= wrong in lists && !error.startsWith(`“${one}”`) ? `${one}: ${error}` : error;
        }
      }
  return Object.keys(errors).length > 0 ? { sweep: null, errors } : { sweep: sweepOf(runs), errors };
}

type ListName = (typeof listFields)[number];

function listErrors(lists: Record<ListName, string[]>): FieldErrors {
  const errors: FieldErrors = {};
  for (const [field, values] of Object.entries(lists) as [ListName, string[]][]) {
    const twice = repeated(values);
    if (values.length === 0) errors[field] = 'A number is needed here.';
    else if (twice !== undefined) errors[field] = `${twice} is there twice.`;
  }
  return errors;
}

/** The draft of one of the runs. Where several architectures leave the learning rate empty, each takes its own. */
function oneOf(
  draft: Draft,
  { architecture, ...values }: Partial<Draft> & { architecture: Architecture; nLatents: string },
): Draft {
  const takesOwn = draft.architectures.length > 1 && draft.learningRate.trim() === '';
  const usual = usualLearningRate(architecture, parseNumber(values.nLatents), draft.preset);
  return {
    ...draft,
    ...values,
    architectures: [architecture],
    learningRate: takesOwn ? usual : draft.learningRate,
  };
}

function sweepOf(runs: CreateRun[]): CreateSweep {
  const { name, modelId, hookName, datasetId, nTokens, batchSize, learningRate, seed, activations } = runs[0];
  const shared = { name, modelId, hookName, datasetId, nTokens, batchSize, learningRate, seed, activations };
  const variants = runs.map((run) => {
    const own = Object.entries(run).filter(([field]) => !(field in shared));
    return {
      ...Object.fromEntries(own),
      ...(run.learningRate === learningRate ? {} : { learningRate: run.learningRate }),
    };
  });
  return createSweepSchema.parse({ ...shared, variants });
}

/** The first value that stands in a list for the second time, however it is written. */
function repeated(values: string[]): string | undefined {
  const numbers = values.map(parseNumber);
  return values.find((_, i) => !Number.isNaN(numbers[i]) && numbers.indexOf(numbers[i]) < i);
}
