import { type ContextRow, type Db, readContexts, readExportedExamples } from '@featurescope/db';
import { type BandedExample, contextTokenIds, unpackExamples } from '../feature-examples.ts';
import type { Vocabulary } from '../vocabularies.ts';

/** Features whose examples are in memory at a time. */
const batchFeatures = 32;
/** Tokens around the peak. */
const window = { before: 40, after: 24 };

export interface ExampleSource {
  db: Db;
  runId: string;
  corpusId: string;
  vocabSize: number;
  vocabulary: Vocabulary;
}

/** The tokens around an example's peak, with the feature's activation on each. */
export interface ExampleWindow {
  band: BandedExample['band'];
  tokens: string[];
  values: number[];
  /** Where in `tokens` the peak is. */
  peakIndex: number;
  /** Where in the context the tokens begin. */
  firstPosition: number;
  contextIndex: number;
  context: ContextRow;
}

/** The examples of `count` features from `from` on, feature by feature. */
export async function* exampleWindows(
  source: ExampleSource,
  from: number,
  count: number,
): AsyncGenerator<{ index: number; windows: ExampleWindow[] }> {
  for (let start = from; start < from + count; start += batchFeatures) {
    const limit = Math.min(batchFeatures, from + count - start);
    const features = (await readExportedExamples(source.db, source.runId, { from: start, limit })).map((feature) => ({
      index: feature.index,
      examples: unpackExamples(feature.examples),
    }));
    const wanted = features.flatMap(({ examples }) => examples.map(({ example }) => example.contextIndex));
    const contexts = await readContexts(source.db, source.corpusId, [...new Set(wanted)]);
    for (const { index, examples } of features) {
      const windows = examples.flatMap((example) => {
        const context = contexts.get(example.example.contextIndex);
        return context ? [windowOf(source, example, context)] : [];
      });
      yield { index, windows };
    }
  }
}

function windowOf(
  { vocabSize, vocabulary }: ExampleSource,
  { band, example }: BandedExample,
  context: ContextRow,
): ExampleWindow {
  const tokenIds = contextTokenIds(context, vocabSize);
  const first = Math.max(0, example.peakPosition - window.before);
  const end = Math.min(tokenIds.length, example.peakPosition + window.after + 1);
  const values = new Array<number>(end - first).fill(0);
  example.positions.forEach((position, i) => {
    if (position >= first && position < end) values[position - first] = Number(example.values[i].toPrecision(6));
  });
  return {
    band,
    tokens: tokenIds.slice(first, end).map((id) => vocabulary.text(id)),
    values,
    peakIndex: example.peakPosition - first,
    firstPosition: first,
    contextIndex: example.contextIndex,
    context,
  };
}
