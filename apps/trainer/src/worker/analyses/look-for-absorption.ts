import type { AbsorptionResultView, CreateAbsorption } from '@featurescope/contracts';
import { updateAnalysis } from '@featurescope/db';
import { type AbsorptionResult, measureAbsorption } from '@featurescope/interp';
import type { Tokenizer } from '@featurescope/lm';
import type { TokenCorpus } from '@featurescope/store';
import type { AbsorptionData } from '../../run/absorption-data.ts';
import { indexSample } from '../../run/index-sample.ts';
import { withAnalysedRun } from './analysed-run.ts';
import type { AnalysisContext } from './analysis-context.ts';

/** Shown of the tokens that were judged, with so much text around each. */
const maxShownTokens = 200;
const [tokensBefore, tokensAfter] = [10, 5];

/** Of the sample and its split: the same text for every concept. */
const seed = 0;

/** Looks for tokens of a concept on which its own latents are silent. */
export async function lookForAbsorption(context: AnalysisContext): Promise<void> {
  const { db, claim, analysis, report } = context;
  const { concept } = analysis.request as unknown as CreateAbsorption;
  await withAnalysedRun(context, analysis.runId, async ({ run, sae, model, corpus }) => {
    const found = await measureAbsorption({
      ...{ model, sae, concept, seed, source: corpus, hookName: run.hookName },
      contextIndices: indexSample(corpus),
      onProgress: ({ nTokens, total }) => report({ label: 'Reading text', done: nTokens, total }),
    });
    const { main: _, absorbers: __, tokens: ___, ...shares } = found;
    const result: AbsorptionResultView = { version: 1, ...shares };
    const data = new Uint8Array(Buffer.from(JSON.stringify(dataOf(found, { corpus, tokenizer: model.tokenizer }))));
    await updateAnalysis(db, claim, { status: 'succeeded', result, data, progress: null, finishedAt: new Date() });
  });
}

function dataOf(
  { main, absorbers, tokens }: AbsorptionResult,
  { corpus, tokenizer }: { corpus: TokenCorpus; tokenizer: Tokenizer },
): AbsorptionData {
  const text = (ids: Iterable<number>) => Array.from(ids, (id) => tokenizer.tokenText(id)).join('');
  return {
    main: main.map(({ confusion: _, ...point }) => point),
    absorbers: absorbers.map(({ tokenIds, ...absorber }) => ({
      ...absorber,
      tokens: tokenIds.map((id) => tokenizer.tokenText(id)),
    })),
    tokens: tokens.slice(0, maxShownTokens).map(({ contextIndex, position, tokenId, ...judged }) => {
      const { tokenIds } = corpus.context(contextIndex);
      return {
        ...judged,
        // Position 0 is the beginning-of-text token.
        before: text(tokenIds.subarray(Math.max(1, position - tokensBefore), position)),
        token: tokenizer.tokenText(tokenId),
        after: text(tokenIds.subarray(position + 1, position + 1 + tokensAfter)),
      };
    }),
  };
}
