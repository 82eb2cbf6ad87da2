import type { DecompositionResult, TcavResult } from '@featurescope/contracts';
import { InvalidRequestError, pooledActivations, tcav } from '@featurescope/interp';
import type { LanguageModel } from '@featurescope/lm';
import {
  type ConceptMethod,
  conceptDictionary,
  conceptDirection,
  heldOutAccuracy,
  type LabelledRows,
  Rng,
  RowMoments,
} from '@featurescope/sae';
import { type StageContext, tell } from '../stage-context.ts';
import { type ExampleTokens, exampleTokens } from './example-tokens.ts';
import type { FitParts, Fitted, RequestOf } from './fit-decomposition.ts';
import { iterationProgress } from './iteration-progress.ts';

type ConceptRequest = RequestOf<'meanDifference'> | RequestOf<'cav'>;
type ConceptParts = FitParts<ConceptRequest>;

/** Most random texts behind the random CAVs. */
const maxRandomTexts = 800;

/** The direction between a user's own examples, how well it holds on examples left out, and for a CAV its TCAV score. */
export async function fitConcept(context: StageContext, parts: ConceptParts): Promise<Fitted> {
  const { request, rows } = parts;
  const moments = new RowMoments(rows.width);
  for await (const batch of rows.batches()) moments.add(batch);
  const model = await parts.model.load();
  const method: ConceptMethod =
    request.architecture === 'cav' ? { kind: 'cav', C: request.regularization } : { kind: 'meanDifference' };
  const end = request.pooling === 'last' ? 'keep' : 'cut';
  const tokens = exampleTokens(model, [...request.positiveExamples, ...request.negativeExamples], {
    ...{ contextSize: context.run.contextSize, end },
  });
  if (tokens.nTruncated > 0)
    tell(
      context,
      'warning',
      `${tokens.nTruncated} examples were cut to the context of ${context.run.contextSize} tokens`,
    );
  const nPositive = request.positiveExamples.length;
  const examples: LabelledRows = {
    dModel: rows.width,
    rows: await pooled(context, parts, { model, texts: tokens.texts }),
    isPositive: tokens.texts.map((_, i) => i < nPositive),
  };
  const heldOut = heldOutAccuracy(examples, method, request.seed);
  const found = conceptDirection(examples, method);
  const tested =
    request.architecture === 'cav' && request.tcav
      ? await test(context, { ...parts, request }, { model, method, examples, tokens, direction: found.direction })
      : null;
  const result: DecompositionResult = {
    ...{ kind: request.architecture, nRows: moments.nRows, heldOut, tcav: tested },
    nTruncated: tokens.nTruncated,
  };
  return { fitted: conceptDictionary(found, moments.mean()), result };
}

function pooled(
  context: StageContext,
  { request, outlierNorm }: ConceptParts,
  { model, texts }: { model: LanguageModel; texts: number[][] },
): Promise<Float32Array> {
  return pooledActivations(
    {
      ...{ model, hookName: context.run.hookName, outlierNorm, pooling: request.pooling },
      signal: context.control.signal,
      onText: iterationProgress(context, { total: texts.length, unit: 'texts' }),
    },
    texts,
  );
}

interface TestParts {
  model: LanguageModel;
  method: ConceptMethod;
  examples: LabelledRows;
  tokens: ExampleTokens;
  direction: Float64Array;
}

async function test(
  context: StageContext,
  parts: FitParts<RequestOf<'cav'>>,
  { model, method, examples, tokens, direction }: TestParts,
): Promise<TcavResult> {
  const { request, outlierNorm } = parts;
  const { inputs, targets, nRepeats } = request.tcav as NonNullable<typeof request.tcav>;
  const { contextSize, hookName } = context.run;
  const inputTokens = exampleTokens(model, inputs, { contextSize, end: 'keep' });
  const read = targets.map((word) => {
    const [tokenId] = model.tokenizer.encode(word);
    if (tokenId === undefined) throw new InvalidRequestError(`The word "${word}" has no token: leave it out`, { word });
    return { word, tokenId, token: model.tokenizer.tokenText(tokenId) };
  });
  const randomRows = await pooled(context, parts, { model, texts: randomTexts(parts, tokens.texts) });
  const findings = await tcav({
    derivatives: {
      ...{ model, hookName, outlierNorm, pooling: request.pooling, signal: context.control.signal },
      targetIds: [...new Set(read.map(({ tokenId }) => tokenId))],
    },
    ...{ method, examples, randomRows, direction, inputs: inputTokens.texts, nRepeats, seed: request.seed },
    breathe: () => context.control.checkpoint(),
    onInput: iterationProgress(context, { total: inputs.length, unit: 'inputs' }),
  });
  return { ...findings, targets: read, inputs: findings.inputs.map((input, i) => ({ text: inputs[i], ...input })) };
}

/** Beginnings of training contexts, as long as the examples are. */
function randomTexts({ corpus, request }: ConceptParts, examples: number[][]): number[][] {
  const rng = Rng.fromSeed(request.seed, 'random-texts');
  const contexts = rng.shuffle(corpus.contextIndices('train').slice());
  const count = Math.min(maxRandomTexts, Math.max(4 * examples.length, examples.length));
  return Array.from({ length: count }, (_, i) => {
    const { tokenIds } = corpus.context(contexts[i % contexts.length]);
    const length = Math.max(2, examples[rng.int(examples.length)].length);
    return Array.from(tokenIds.subarray(0, length));
  });
}
