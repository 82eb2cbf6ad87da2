import { type CreateRun, type CreateSweep, createSweepSchema, maxVariants } from '@featurescope/contracts';
import { checkDraft, type Draft, type FieldErrors, parseNumber, splitList } from './draft.ts';

/** The draft's values as lists of one; a comma in a number of thousands would separate. */
export const beginSweep = (draft: Draft): Partial<Draft> => ({
  isSweep: true,
  ...eachList((field) => (Number.isNaN(parseNumber(draft[field])) ? draft[field] : String(parseNumber(draft[field])))),
});

/** The first of each list. */
export const endSweep = (draft: Draft): Partial<Draft> => ({
  isSweep: false,
  ...eachList((field) => splitList(draft[field])[0] ?? ''),
});

const listFields = ['nLatents', 'k', 'l1Coefficient'] as const;
const eachList = (value: (field: (typeof listFields)[number]) => string) =>
  Object.fromEntries(listFields.map((field) => [field, value(field)])) as Pick<Draft, (typeof listFields)[number]>;

/** The request for a sweep that the draft stands for, one run for each combination of its values, or what is wrong at which field. */
export function checkSweep(draft: Draft): { sweep: CreateSweep | null; errors: FieldErrors } {
  const sparsity = draft.architecture === 'topk' ? 'k' : 'l1Coefficient';
  const lists = { nLatents: splitList(draft.nLatents), [sparsity]: splitList(draft[sparsity]) };
  const errors: FieldErrors = {};
  for (const field of ['nLatents', sparsity] as const) {
    const twice = repeated(lists[field]);
    if (lists[field].length === 0) errors[field] = 'A number is needed here.';
    else if (twice !== undefined) errors[field] = `${twice} is there twice.`;
  }
  if (Object.keys(errors).length > 0) return { sweep: null, errors };
  const nRuns = lists.nLatents.length * lists[sparsity].length;
  if (nRuns < 2)
    return { sweep: null, errors: { [sparsity]: 'Give several values here, or several numbers of latents.' } };
  if (nRuns > maxVariants)
    return {
      sweep: null,
      errors: { [sparsity]: `These are ${nRuns} dictionaries; a sweep has at most ${maxVariants}.` },
    };

  const runs: CreateRun[] = [];
  for (const nLatents of lists.nLatents)
    for (const value of lists[sparsity]) {
      const checked = checkDraft({ ...draft, nLatents, [sparsity]: value });
      if (checked.run) runs.push(checked.run);
      for (const [field, error] of Object.entries(checked.errors) as [keyof Draft, string][]) {
        const one = field === sparsity ? value : nLatents;
        errors[field] ??= field in lists && !error.startsWith(`“${one}”`) ? `${one}: ${error}` : error;
      }
    }
  if (Object.keys(errors).length > 0) return { sweep: null, errors };
  const { name, modelId, hookName, datasetId, nTokens, batchSize, learningRate, seed, activations } = runs[0];
  const shared = { name, modelId, hookName, datasetId, nTokens, batchSize, learningRate, seed, activations };
  return { sweep: createSweepSchema.parse({ ...shared, variants: runs.map(variantOf) }), errors };
}

function variantOf(run: CreateRun) {
  const { architecture, nLatents } = run;
  return architecture === 'topk'
    ? { architecture, nLatents, k: run.k }
    : { architecture, nLatents, l1Coefficient: run.l1Coefficient };
}

/** The first value that stands in a list for the second time, however it is written. */
function repeated(values: string[]): string | undefined {
  const numbers = values.map(parseNumber);
  return values.find((_, i) => !Number.isNaN(numbers[i]) && numbers.indexOf(numbers[i]) < i);
}
