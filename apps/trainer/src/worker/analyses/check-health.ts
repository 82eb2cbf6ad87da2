import type { HealthResultView } from '@featurescope/contracts';
import { updateAnalysis } from '@featurescope/db';
import { type HealthResult, measureHealth } from '@featurescope/interp';
import { type HealthData, healthThresholds } from '../../run/health-data.ts';
import { indexSample } from '../../run/index-sample.ts';
import { outlierNormOf } from '../../run/run-training-config.ts';
import { withAnalysedRun } from './analysed-run.ts';
import type { AnalysisContext } from './analysis-context.ts';

/** Of text that is read. A third of what an index reads: shares of tokens are exact to a few thousandths with that. */
const maxTokens = 300_000;

const labels = { read: 'Reading text', pairs: 'Counting pairs', duplicates: 'Comparing directions' } as const;

/** Reads a sample of a run's text through model and dictionary, and looks for what is amiss with its latents. */
export async function checkHealth(context: AnalysisContext): Promise<void> {
  const { db, claim, analysis, report } = context;
  await withAnalysedRun(context, analysis.runId, async ({ run, sae, model, corpus }) => {
    const health = await measureHealth({
      ...{ model, sae, source: corpus, hookName: run.hookName },
      contextIndices: indexSample(corpus, maxTokens),
      outlierNorm: outlierNormOf(run),
      onProgress: ({ stage, done, total }) => report({ label: labels[stage], done, total }),
    });
    const data = new Uint8Array(Buffer.from(JSON.stringify(dataOf(health))));
    const result = resultOf(health);
    await updateAnalysis(db, claim, { status: 'succeeded', result, data, progress: null, finishedAt: new Date() });
  });
}

function resultOf({ nTokens, l0, kinds, duplicates, coActivation, firings }: HealthResult): HealthResultView {
  return {
    version: 1,
    ...{ nTokens, l0 },
    nLatents: firings.length,
    nSilent: firings.reduce((sum, n) => sum + (n === 0 ? 1 : 0), 0),
    kinds: kinds.map(({ features: _, ...kind }) => kind),
    duplicates: {
      threshold: healthThresholds.duplicateCosine,
      nPairs: duplicates.nPairs,
      nLatents: duplicates.nRows,
    },
    coActivation: {
      nTokens: coActivation.nTokens,
      minBoth: healthThresholds.minBoth,
      nPairs: coActivation.nPairs,
      nBlocks: coActivation.blocks.length,
      blockJaccard: healthThresholds.blockJaccard,
    },
  };
}

function dataOf({ duplicates, coActivation, kinds }: HealthResult): HealthData {
  return {
    duplicates: duplicates.pairs,
    byJaccard: coActivation.byJaccard,
    byNpmi: coActivation.byNpmi,
    blocks: coActivation.blocks,
    kinds: Object.fromEntries(kinds.map(({ kind, features }) => [kind, features])),
  };
}
