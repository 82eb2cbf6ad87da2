import { Rng } from '@featurescope/sae';
import type { DocumentContextSource, Example, FeatureExamples, ScoredSource } from '../types.ts';
import type { ScoringPool } from './scoring-pool.ts';
import { type Window, windowAround } from './window-set.ts';

export type Side = 'explaining' | 'scoring';

export interface SplitOptions {
  featureIndex: number;
  examples: FeatureExamples;
  source: DocumentContextSource;
  pool: ScoringPool;
  seed: number;
  /** Features whose peaks make the harder half of the other-feature negatives: the nearest decoder rows. */
  neighbours?: readonly number[];
}

const NON_FIRING_PER_SIDE = 20;
const OTHER_FEATURE_PER_SIDE = 20;
const ATTEMPTS = 200;

/** Windows to explain from and, disjoint from them by document, windows to score on. Positives: top, band and random firing
 *  examples around their peaks. Negatives: near misses, random windows where the feature is silent, and the peaks of other
 *  features where it is silent. Where the text is a single document, contexts are kept apart instead. Depends on the seed alone. */
export function splitExamples(options: SplitOptions): Record<Side, Window[]> {
  const rng = Rng.fromSeed(options.seed, `label-split/${options.featureIndex}`);
  const sides = new SideBook(options, rng);
  const split: Record<Side, Window[]> = { explaining: [], scoring: [] };
  const max = Math.max(...[options.examples.top, options.examples.random].flat().map(({ peakValue }) => peakValue));
  const place = (examples: readonly Example[], source: ScoredSource) => {
    for (const example of examples) {
      const side = sides.alternate(example.contextIndex, source);
      if (side) split[side].push(windowOf(options.source, example, { kind: source, max }));
    }
  };
  place(options.examples.top, 'top');
  place(options.examples.bands.flat(), 'band');
  place(options.examples.random, 'random');
  place(options.examples.nearMisses, 'nearMiss');
  for (const side of ['explaining', 'scoring'] as const) {
    split[side].push(...poolNegatives(options, { sides, side, rng, source: 'nonFiring', count: NON_FIRING_PER_SIDE }));
    split[side].push(
      ...poolNegatives(options, { sides, side, rng, source: 'otherFeature', count: OTHER_FEATURE_PER_SIDE }),
    );
  }
  return split;
}

/** Remembers which side each document is on, and which contexts were used. */
class SideBook {
  readonly #source: DocumentContextSource;
  readonly #sides = new Map<number, Side>();
  readonly #used = new Set<number>();
  readonly #counts: Record<string, number> = {};
  readonly #byContext: boolean;
  readonly #rng: Rng;

  constructor({ source, examples }: SplitOptions, rng: Rng) {
    this.#source = source;
    this.#rng = rng;
    const firing = [...examples.top, ...examples.bands.flat(), ...examples.random];
    const documents = new Set(firing.map(({ contextIndex }) => source.context(contextIndex).documentIndex));
    const contexts = new Set(firing.map(({ contextIndex }) => contextIndex));
    // A few long documents cannot be shared out fairly; their contexts can.
    this.#byContext = documents.size < 6 && contexts.size > documents.size;
  }

  /** The side of a context not used before: its document's, or the one that has fewer of this source. Null if used. */
  alternate(contextIndex: number, source: ScoredSource): Side | null {
    if (this.#used.has(contextIndex)) return null;
    this.#used.add(contextIndex);
    const unit = this.#unit(contextIndex);
    const fewer = this.#count('explaining', source) - this.#count('scoring', source);
    const side =
      this.#sides.get(unit) ?? (fewer < 0 || (fewer === 0 && this.#rng.int(2) === 0) ? 'explaining' : 'scoring');
    this.#sides.set(unit, side);
    this.#counts[`${side} ${source}`] = this.#count(side, source) + 1;
    return side;
  }

  /** Claims a context for a side; false when its document is on the other one. Contexts may be claimed again. */
  claim(contextIndex: number, side: Side): boolean {
    const unit = this.#unit(contextIndex);
    if ((this.#sides.get(unit) ?? side) !== side) return false;
    this.#sides.set(unit, side);
    return true;
  }

  #unit(contextIndex: number): number {
    return this.#byContext ? contextIndex : this.#source.context(contextIndex).documentIndex;
  }

  #count(side: Side, source: ScoredSource): number {
    return this.#counts[`${side} ${source}`] ?? 0;
  }
}

interface NegativeRequest {
  sides: SideBook;
  side: Side;
  rng: Rng;
  source: 'nonFiring' | 'otherFeature';
  count: number;
}

/** Up to `count` windows of the pool where the feature is silent, no two around the same position. */
function poolNegatives(options: SplitOptions, request: NegativeRequest): Window[] {
  const { pool, source, featureIndex } = options;
  const windows: Window[] = [];
  const taken = new Set<string>();
  for (let attempt = 0; attempt < ATTEMPTS && windows.length < request.count; attempt++) {
    const focus =
      request.source === 'nonFiring' ? randomFocus(pool, request.rng) : otherPeak(options, request.rng, attempt);
    if (!focus) continue;
    const { contextIndex, length } = pool.contexts[focus.place];
    const range = windowAround(focus.position, length);
    const key = `${contextIndex} ${focus.position}`;
    if (taken.has(key) || pool.firesIn(featureIndex, focus.place, range)) continue;
    if (!request.sides.claim(contextIndex, request.side)) continue;
    taken.add(key);
    windows.push({
      ...contextParts(source, contextIndex),
      ...range,
      focus: focus.position,
      source: request.source,
      fires: false,
      firing: 0,
      strength: 0,
    });
  }
  return windows;
}

function randomFocus(pool: ScoringPool, rng: Rng): { place: number; position: number } | null {
  if (pool.contexts.length === 0) return null;
  const place = rng.int(pool.contexts.length);
  const { length } = pool.contexts[place];
  return length < 2 ? null : { place, position: 1 + rng.int(length - 1) };
}

/** The strongest firing in the pool of a neighbour (every second attempt, while there are any) or of any other feature. */
function otherPeak(
  { pool, featureIndex, neighbours = [] }: SplitOptions,
  rng: Rng,
  attempt: number,
): { place: number; position: number } | null {
  const from = attempt % 2 === 0 && neighbours.length > 0 ? neighbours : pool.activeLatents;
  if (from.length === 0) return null;
  const latent = from[rng.int(from.length)];
  return latent === featureIndex ? null : pool.peak(latent);
}

function windowOf(
  source: DocumentContextSource,
  example: Example,
  { kind, max }: { kind: ScoredSource; max: number },
): Window {
  const parts = contextParts(source, example.contextIndex);
  const { start, end } = windowAround(example.peakPosition, parts.tokenIds.length);
  const fires = kind !== 'nearMiss';
  let firing = 0;
  for (const position of example.positions) if (position >= start && position < end) firing |= 1 << (position - start);
  return {
    ...parts,
    ...{ start, end, focus: example.peakPosition, source: kind, fires },
    firing: firing >>> 0,
    strength: fires ? example.peakValue / max : 0,
  };
}

function contextParts(source: DocumentContextSource, contextIndex: number) {
  const { tokenIds, documentIndex } = source.context(contextIndex);
  return { contextIndex, documentIndex, documentKind: source.document(documentIndex).kind, tokenIds };
}
