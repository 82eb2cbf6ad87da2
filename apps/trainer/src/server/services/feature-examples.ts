import type { Example, ExampleBand } from '@featurescope/contracts';
import type { ContextRow } from '@featurescope/db';
import { decodeExamples, type FeatureExamples, type Example as PackedExample } from '@featurescope/interp/examples';
import { bytesPerToken } from '@featurescope/store';
import type { Vocabulary } from './vocabularies.ts';

export interface BandedExample {
  band: ExampleBand;
  example: PackedExample;
}

/** Packed examples with the band that each belongs to, highest band first. */
export function unpackExamples(packed: Uint8Array): BandedExample[] {
  const examples: FeatureExamples = decodeExamples(packed);
  const [q1, q2, q3, q4] = examples.bands;
  const lists: [ExampleBand, PackedExample[]][] = [
    ['top', examples.top],
    ['q4', q4],
    ['q3', q3],
    ['q2', q2],
    ['q1', q1],
    ['random', examples.random],
    ['nearMiss', examples.nearMisses],
  ];
  return lists.flatMap(([band, list]) => list.map((example) => ({ band, example })));
}

/** Token ids of a stored context. */
export function contextTokenIds(context: ContextRow, vocabSize: number): number[] {
  const bytes = Buffer.from(context.tokenIds.buffer, context.tokenIds.byteOffset, context.tokenIds.byteLength);
  const width = bytesPerToken(vocabSize);
  return Array.from({ length: bytes.length / width }, (_, i) => bytes.readUIntLE(i * width, width));
}

export interface ExampleWindow {
  before: number;
  after: number;
}

/** An example as the API shows it; with a window, only the tokens around its peak. */
export function toExample(
  { band, example }: BandedExample,
  context: { row: ContextRow; tokenIds: number[] },
  { vocabulary, window }: { vocabulary: Pick<Vocabulary, 'text'>; window?: ExampleWindow },
): Example {
  const { tokenIds, row } = context;
  const first = window ? Math.max(0, example.peakPosition - window.before) : 0;
  const end = window ? Math.min(tokenIds.length, example.peakPosition + window.after + 1) : tokenIds.length;
  const activations = example.positions.map((position, i): [number, number] => [position, example.values[i]]);
  return {
    band,
    contextIndex: example.contextIndex,
    documentName: row.documentName,
    documentKind: row.documentKind,
    tokens: tokenIds.slice(first, end).map((id) => vocabulary.text(id)),
    firstPosition: first,
    contextLength: tokenIds.length,
    peakPosition: example.peakPosition,
    peak: example.peakValue,
    activations: activations.filter(([position]) => position >= first && position < end),
  };
}
