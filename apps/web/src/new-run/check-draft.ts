import { type CreateRun, createRunSchema } from '@featurescope/contracts';
import { fieldsOf } from './architecture-fields.ts';
import type { Draft, FieldErrors } from './draft.ts';
import { parseNumber, splitList } from './typed-numbers.ts';

/** The request that a draft with one architecture stands for, or what is wrong at which field. */
export function checkDraft(draft: Draft): { run: CreateRun | null; errors: FieldErrors } {
  const { modelId, hookName, datasetId, architectures, activations, preset, decoderInit, bDecInit } = draft;
  const [architecture] = architectures;
  const nLatents = parseNumber(draft.nLatents);
  const parsed = createRunSchema.safeParse({
    ...{ modelId, hookName, datasetId, architecture, activations, nLatents },
    name: draft.name.trim() || undefined,
    preset: preset === 'featurescope' ? undefined : preset,
    decoderInit: decoderInit === 'random' ? undefined : decoderInit,
    bDecInit: bDecInit === '' ? undefined : bDecInit,
    nTokens: parseNumber(draft.nTokens),
    batchSize: parseNumber(draft.batchSize),
    learningRate: parseNumber(draft.learningRate),
    seed: parseNumber(draft.seed),
    ...architectureValues(draft, nLatents),
  });
  if (parsed.success) return { run: parsed.data, errors: {} };
  const errors: FieldErrors = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path[0] === 'architecture' ? 'architectures' : (issue.path[0] as keyof Draft);
    const typed = String(draft[field]);
    const one = field === 'prefixes' && typeof issue.path[1] === 'number' ? splitList(typed)[issue.path[1]] : typed;
    errors[field] ??= sentence(field, one, issue);
  }
  return { run: null, errors };
}

/** Of the fields that only some architectures have, those of the draft's. */
function architectureValues(draft: Draft, nLatents: number): Record<string, unknown> {
  const values = fieldsOf(draft.architectures, draft.sparsityLoss).map((field) => {
    if (field === 'sparsityLoss') return [field, draft.sparsityLoss];
    return [field, field === 'prefixes' ? readPrefixes(draft.prefixes, nLatents) : parseNumber(draft[field])];
  });
  return Object.fromEntries(values);
}

/** The typed widths, up to the full one; undefined where none is typed. */
function readPrefixes(text: string, nLatents: number): number[] | undefined {
  const widths = splitList(text).map(parseNumber);
  if (widths.length === 0) return undefined;
  return widths[widths.length - 1] < nLatents ? [...widths, nLatents] : widths;
}

type Issue = { code: string; message: string; minimum?: unknown; maximum?: unknown; inclusive?: boolean };

function sentence(field: keyof Draft, typed: string, issue: Issue): string {
  if (field === 'modelId') return 'Choose a model.';
  if (field === 'datasetId') return 'Choose a dataset.';
  if (field === 'architectures') return 'Choose an architecture.';
  if (typed.trim() === '') return 'A number is needed here.';
  if (Number.isNaN(parseNumber(typed)) && field !== 'name') return `“${typed}” is not a number.`;
  const limit = (value: unknown) => Number(value).toLocaleString('en-US', { maximumFractionDigits: 6 });
  if (issue.code === 'too_small')
    return `Must be ${issue.inclusive === false ? 'more than' : 'at least'} ${limit(issue.minimum)}.`;
  if (issue.code === 'too_big') return `Must be at most ${limit(issue.maximum)}.`;
  if (issue.code === 'invalid_type') return 'Must be a whole number.';
  return issue.message;
}
