import { type CreateDecomposition, createDecompositionSchema, type DecompositionKind } from '@featurescope/contracts';
import type { Draft } from '../new-run/draft.ts';
import { parseNumber } from '../new-run/typed-numbers.ts';

/** A classical baseline as it is typed. Lists of texts are one text a line. */
export interface BaselineDraft {
  kind: DecompositionKind;
  nComponents: string;
  nDirections: string;
  /** Empty: all components count. */
  k: string;
  signs: 'split' | 'refuse';
  pooling: 'mean' | 'last';
  positiveExamples: string;
  negativeExamples: string;
  regularization: string;
  tests: boolean;
  inputs: string;
  targets: string;
  nRepeats: string;
  nTokens: string;
}

/** Where to look and what to read: the same as for a dictionary that is trained. */
export interface BaselineSubject
  extends Pick<Draft, 'modelId' | 'hookName' | 'datasetId' | 'activations' | 'name' | 'seed'> {
  /** The sweep whose table it joins. */
  sweepId?: string;
}

export type BaselineErrors = Partial<Record<keyof BaselineDraft | keyof BaselineSubject, string>>;

/** Activations that are enough for each kind. ICA and NMF hold theirs in memory; the neuron basis reads none. */
const usualTokens: Record<DecompositionKind, string> = {
  ...{ pca: '200000', ica: '50000', nmf: '20000', random: '20000', neurons: '1000' },
  ...{ meanDifference: '20000', cav: '20000' },
};

export function initialBaseline(kind: DecompositionKind = 'pca'): BaselineDraft {
  return {
    kind,
    ...{ nComponents: '64', nDirections: '2048', k: '', signs: 'split', pooling: 'mean', regularization: '0.1' },
    ...{ positiveExamples: '', negativeExamples: '', tests: false, inputs: '', targets: '', nRepeats: '20' },
    nTokens: usualTokens[kind],
  };
}

/** Another kind, with its usual number of tokens unless another one was typed. */
export function withKind(draft: BaselineDraft, kind: DecompositionKind): Partial<BaselineDraft> {
  return draft.nTokens === usualTokens[draft.kind] ? { kind, nTokens: usualTokens[kind] } : { kind };
}

/** The form of a run that was fitted. */
export function baselineOf(request: CreateDecomposition): BaselineDraft {
  const draft = { ...initialBaseline(request.architecture), nTokens: String(request.nTokens) };
  if ('nComponents' in request) draft.nComponents = String(request.nComponents);
  if ('nDirections' in request) draft.nDirections = String(request.nDirections);
  if ('k' in request && request.k !== undefined) draft.k = String(request.k);
  if (request.architecture === 'nmf') draft.signs = request.signs;
  if ('positiveExamples' in request) {
    draft.pooling = request.pooling;
    draft.positiveExamples = request.positiveExamples.map(oneLine).join('\n');
    draft.negativeExamples = request.negativeExamples.map(oneLine).join('\n');
  }
  if (request.architecture !== 'cav') return draft;
  draft.regularization = String(request.regularization);
  if (!request.tcav) return draft;
  const { inputs, targets, nRepeats } = request.tcav;
  return {
    ...draft,
    ...{ tests: true, inputs: inputs.map(oneLine).join('\n'), nRepeats: String(nRepeats) },
    targets: targets.map((word) => word.trim()).join(', '),
  };
}

/** The request that the form stands for, or what is wrong at which field. */
export function checkBaseline(
  draft: BaselineDraft,
  subject: BaselineSubject,
): { request: CreateDecomposition | null; errors: BaselineErrors } {
  const { modelId, hookName, datasetId, activations } = subject;
  const parsed = createDecompositionSchema.safeParse({
    ...{ modelId, hookName, datasetId, activations, architecture: draft.kind, sweepId: subject.sweepId },
    ...{ name: subject.name.trim() || undefined, seed: parseNumber(subject.seed), nTokens: parseNumber(draft.nTokens) },
    ...ownValues(draft),
  });
  if (parsed.success) return { request: parsed.data, errors: {} };
  const errors: BaselineErrors = {};
  for (const { path, ...issue } of parsed.error.issues) {
    const field = (path[0] === 'tcav' ? path[1] : path[0]) as keyof BaselineErrors;
    errors[field] ??= sentence(field, { draft, subject, issue, place: path.find((part) => typeof part === 'number') });
  }
  return { request: null, errors };
}

/** Only the fields that the kind has. */
function ownValues(draft: BaselineDraft): Record<string, unknown> {
  const { kind, signs, pooling } = draft;
  const k = draft.k.trim() === '' ? undefined : parseNumber(draft.k);
  const nComponents = parseNumber(draft.nComponents);
  if (kind === 'pca' || kind === 'ica') return { nComponents, k };
  if (kind === 'nmf') return { nComponents, signs };
  if (kind === 'random') return { nDirections: parseNumber(draft.nDirections), k };
  if (kind === 'neurons') return { k };
  const examples = {
    ...{ positiveExamples: lines(draft.positiveExamples), negativeExamples: lines(draft.negativeExamples), pooling },
  };
  if (kind === 'meanDifference') return examples;
  const tcav = {
    ...{ inputs: lines(draft.inputs), targets: words(draft.targets), nRepeats: parseNumber(draft.nRepeats) },
  };
  return { ...examples, regularization: parseNumber(draft.regularization), tcav: draft.tests ? tcav : undefined };
}

export const lines = (text: string): string[] => text.split('\n').flatMap((line) => (line.trim() ? [line.trim()] : []));

/** Words between commas, each with the space that stands before it in a text. */
const words = (text: string): string[] => text.split(',').flatMap((word) => (word.trim() ? [` ${word.trim()}`] : []));

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

interface SentenceParts {
  draft: BaselineDraft;
  subject: BaselineSubject;
  issue: { code: string; message: string; minimum?: unknown; maximum?: unknown; inclusive?: boolean };
  /** Of the text in its list. */
  place: unknown;
}

const listNames: Partial<Record<string, string>> = {
  ...{ positiveExamples: 'texts', negativeExamples: 'texts', inputs: 'texts', targets: 'words' },
};

function sentence(field: keyof BaselineErrors, { draft, subject, issue, place }: SentenceParts): string {
  if (field === 'modelId') return 'Choose a model.';
  if (field === 'datasetId') return 'Choose a dataset.';
  const limit = (value: unknown) => Number(value).toLocaleString('en-US', { maximumFractionDigits: 6 });
  const what = listNames[field];
  if (what !== undefined) {
    if (typeof place === 'number') return `${what === 'words' ? 'Word' : 'Text'} ${place + 1} is too long.`;
    const least = issue.code === 'too_small';
    if (!least) return `At most ${limit(issue.maximum)} ${what}.`;
    return what === 'words' ? 'A word is needed.' : `At least ${limit(issue.minimum)} texts are needed, one a line.`;
  }
  const typed = String(field in draft ? draft[field as keyof BaselineDraft] : subject[field as keyof BaselineSubject]);
  if (typed.trim() === '') return 'A number is needed here.';
  if (field !== 'name' && Number.isNaN(parseNumber(typed))) return `“${typed}” is not a number.`;
  if (issue.code === 'too_small') return `Must be at least ${limit(issue.minimum)}.`;
  if (issue.code === 'too_big') return `Must be at most ${limit(issue.maximum)}.`;
  if (issue.code === 'invalid_type') return 'Must be a whole number.';
  return issue.message;
}
