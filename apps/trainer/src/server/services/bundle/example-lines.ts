import { type ContextRow, type Db, readContexts, readExportedExamples } from '@featurescope/db';
import { type BandedExample, contextTokenIds, type ExampleWindow, unpackExamples } from '../feature-examples.ts';
import type { Vocabulary } from '../vocabularies.ts';

/** Features whose examples are in memory at a time. */
const batchFeatures = 32;
/** Tokens around the peak. */
const window: ExampleWindow = { before: 40, after: 24 };

export interface ExampleSource {
  db: Db;
  runId: string;
  corpusId: string;
  vocabSize: number;
  vocabulary: Vocabulary;
}

/** The examples of `count` features from `from` on as JSON lines, one an example. Where Neuronpedia has a name for a field, it is
 *  theirs. */
export async function exampleLines(source: ExampleSource, from: number, count: number): Promise<Uint8Array> {
  const lines: string[] = [];
  for (let start = from; start < from + count; start += batchFeatures) {
    const limit = Math.min(batchFeatures, from + count - start);
    const features = (await readExportedExamples(source.db, source.runId, { from: start, limit })).map((feature) => ({
      index: feature.index,
      examples: unpackExamples(feature.examples),
    }));
    const wanted = features.flatMap(({ examples }) => examples.map(({ example }) => example.contextIndex));
    const contexts = await readContexts(source.db, source.corpusId, [...new Set(wanted)]);
    for (const { index, examples } of features) {
      for (const example of examples) {
        const context = contexts.get(example.example.contextIndex);
        if (context) lines.push(`${JSON.stringify(lineOf(source, { index, context, ...example }))}\n`);
      }
    }
  }
  return new TextEncoder().encode(lines.join(''));
}

function lineOf(
  { vocabSize, vocabulary }: ExampleSource,
  { index, band, example, context }: BandedExample & { index: number; context: ContextRow },
) {
  const tokenIds = contextTokenIds(context, vocabSize);
  const first = Math.max(0, example.peakPosition - window.before);
  const end = Math.min(tokenIds.length, example.peakPosition + window.after + 1);
  const values = new Array<number>(end - first).fill(0);
  example.positions.forEach((position, i) => {
    if (position >= first && position < end) values[position - first] = Number(example.values[i].toPrecision(6));
  });
  return {
    index,
    band,
    tokens: tokenIds.slice(first, end).map((id) => vocabulary.text(id)),
    values,
    maxValue: Math.max(...values),
    maxValueTokenIndex: example.peakPosition - first,
    minValue: Math.min(...values),
    context: example.contextIndex,
    first_position: first,
    document: context.documentName,
    document_kind: context.documentKind,
  };
}
