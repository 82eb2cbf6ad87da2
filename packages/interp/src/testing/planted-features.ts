import { Rng } from '@featurescope/sae';
import { ScoringPool } from '../labels/scoring-pool.ts';
import { TokenCatalogue } from '../labels/token-catalogue.ts';
import type { Context, DocumentContextSource, Example, FeatureExamples } from '../types.ts';

/** A vocabulary to plant features in: every token is a word, a number, a mark or a blank. */
const vocabulary = [
  ...[
    '<s>',
    ' the',
    ' king',
    ' queen',
    'King',
    ' cost',
    '$',
    ' of',
    '.',
    '\n',
    '    ',
    ' London',
    ' Paris',
    ' running',
    ' walking',
  ],
  ...Array.from({ length: 10 }, (_, digit) => `${digit}${digit}`),
  ...Array.from(
    { length: 75 },
    (_, i) =>
      ` w${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}${'o'.repeat(i % 5)}`,
  ),
];

export const tokenId = (text: string): number => {
  const id = vocabulary.indexOf(text);
  if (id < 0) throw new Error(`"${text}" is not in the vocabulary`);
  return id;
};

export const catalogue = new TokenCatalogue(
  { vocabSize: vocabulary.length, tokenText: (id) => vocabulary[id] },
  new Set([0]),
);

export type FiresAt = (tokenIds: Int32Array, position: number, kind: string) => boolean;

/** 400 contexts of 64 random tokens, two to a document, every third document of kind `python`. */
export class PlantedText implements DocumentContextSource {
  readonly nContexts = 400;
  readonly #contexts: Int32Array[];

  constructor(seed: number) {
    const rng = Rng.fromSeed(seed, 'planted-text');
    // Numbers stand after any token, the dollar sign included; common words are not more common than others.
    this.#contexts = Array.from({ length: this.nContexts }, () =>
      Int32Array.from({ length: 64 }, (_, position) => (position === 0 ? 0 : 1 + rng.int(vocabulary.length - 1))),
    );
  }

  context(index: number): Context & { documentIndex: number } {
    return { tokenIds: this.#contexts[index], documentIndex: index >> 1 };
  }

  document(index: number): { name: string; kind: string } {
    return { name: `document ${index}`, kind: index % 3 === 0 ? 'python' : 'prose' };
  }
}

/** What an index of a feature that fires exactly at `firesAt` would hold, with values drawn at random. */
export function plantedExamples(text: PlantedText, firesAt: FiresAt, seed: number): FeatureExamples {
  const rng = Rng.fromSeed(seed, 'planted-examples');
  const firing: Example[] = [];
  const silent: Example[] = [];
  for (let contextIndex = 0; contextIndex < text.nContexts; contextIndex++) {
    const { tokenIds, documentIndex } = text.context(contextIndex);
    const { kind } = text.document(documentIndex);
    const positions = Array.from(tokenIds.keys()).filter(
      (position) => position > 0 && firesAt(tokenIds, position, kind),
    );
    const values = positions.map(() => 1 + 9 * rng.float());
    const peakValue = Math.max(0, ...values);
    const peakPosition = positions[values.indexOf(peakValue)] ?? 1 + rng.int(63);
    (positions.length > 0 ? firing : silent).push({ contextIndex, peakPosition, peakValue, positions, values });
  }
  const rest = rng.shuffle(firing.slice());
  return {
    top: firing.sort((a, b) => b.peakValue - a.peakValue).slice(0, 20),
    bands: [rest.slice(0, 5), rest.slice(5, 10), rest.slice(10, 15), rest.slice(15, 20)],
    random: rest.slice(20, 30),
    nearMisses: silent.slice(0, 10),
  };
}

/** The pool of a dictionary whose features fire at the given places. */
export function plantedPool(text: PlantedText, features: readonly FiresAt[]): ScoringPool {
  const columns = {
    latents: [] as number[],
    places: [] as number[],
    positions: [] as number[],
    values: [] as number[],
  };
  const contexts = Array.from({ length: text.nContexts }, (_, contextIndex) => ({ contextIndex, length: 64 }));
  for (const { contextIndex } of contexts) {
    const { tokenIds, documentIndex } = text.context(contextIndex);
    const { kind } = text.document(documentIndex);
    for (let position = 1; position < 64; position++) {
      features.forEach((firesAt, latent) => {
        if (!firesAt(tokenIds, position, kind)) return;
        columns.latents.push(latent);
        columns.places.push(contextIndex);
        columns.positions.push(position);
        columns.values.push(1 + position / 64);
      });
    }
  }
  return new ScoringPool(contexts, columns, features.length);
}
