import { Rng } from '@featurescope/sae';
import { InvalidRequestError } from '../errors.ts';
import type { FeatureEvidence, FeatureExamples } from '../types.ts';
import { ActivationHistograms } from './activation-histograms.ts';
import { ContextFirings } from './context-firings.ts';
import type { Candidate } from './example-table.ts';
import { FiringReservoir } from './firing-reservoir.ts';
import type { IndexedRows } from './indexed-rows.ts';
import { PairArena } from './pair-arena.ts';
import { TopByDocument } from './top-by-document.ts';

const TOP_EXAMPLES = 20;
const EXAMPLES_PER_BAND = 5;
const RANDOM_EXAMPLES = 10;
const NEAR_MISSES = 10;

/** Collects the evidence of every latent in one pass over the text. Memory depends on the number of latents and on how many
 *  positions of a context a feature fires at, never on how much text passes. The result depends on the order of the contexts
 *  and on the seed alone. */
export class FeatureIndexer {
  nTokens = 0;
  readonly #decoderNorms: Float32Array;
  readonly #arena = new PairArena();
  readonly #top: TopByDocument;
  readonly #nearMisses: TopByDocument;
  readonly #reservoir: FiringReservoir;
  readonly #histograms: ActivationHistograms;
  readonly #firings: ContextFirings;
  readonly #firingCounts: Float64Array;
  readonly #sums: Float64Array;
  readonly #maxima: Float32Array;

  /** decoderNorms: [nLatents], ‖d_i‖ of the dictionary as used (scale folded). */
  constructor(options: { decoderNorms: Float32Array; seed: number }) {
    const nLatents = options.decoderNorms.length;
    this.#decoderNorms = options.decoderNorms;
    this.#top = new TopByDocument(nLatents, TOP_EXAMPLES, this.#arena);
    this.#nearMisses = new TopByDocument(nLatents, NEAR_MISSES, this.#arena);
    this.#reservoir = new FiringReservoir(nLatents, this.#arena, Rng.fromSeed(options.seed, 'feature-indexer'));
    this.#histograms = new ActivationHistograms(nLatents);
    this.#firings = new ContextFirings(nLatents);
    this.#firingCounts = new Float64Array(nLatents);
    this.#sums = new Float64Array(nLatents);
    this.#maxima = new Float32Array(nLatents);
  }

  /** Throws InvalidRequestError when the sizes contradict each other. */
  add(rows: IndexedRows): void {
    const nLatents = this.#decoderNorms.length;
    const { nRows } = rows.acts;
    const { preActs } = rows;
    if (preActs.nRows < nRows || preActs.nLatents !== nLatents || rows.positions.length < nRows) {
      throw new InvalidRequestError(
        `${nRows} rows of ${nLatents} latents do not match pre-activations of ${preActs.nRows} rows and ${preActs.nLatents} latents`,
      );
    }
    for (const context of rows.contexts) {
      if (context.rowEnd <= context.rowStart) continue;
      this.#addFirings(rows, context);
      this.#addNearMisses(rows, context);
      this.nTokens += context.rowEnd - context.rowStart;
    }
  }

  /** The evidence of every latent, in order of index. */
  *features(): Generator<FeatureEvidence> {
    for (let latent = 0; latent < this.#decoderNorms.length; latent++) yield this.#evidence(latent);
  }

  /** Bytes held by the growing part and the fixed tables. */
  get sizeBytes(): number {
    return this.#arena.sizeBytes + this.#top.sizeBytes + this.#nearMisses.sizeBytes + this.#reservoir.sizeBytes;
  }

  #addFirings(rows: IndexedRows, context: IndexedRows['contexts'][number]): void {
    const firings = this.#firings;
    firings.group(rows, context, this.#decoderNorms);
    for (const latent of firings.latents()) {
      const from = firings.start(latent);
      const to = firings.end(latent);
      let peakAt = from;
      for (let j = from; j < to; j++) {
        const value = firings.values[j];
        this.#sums[latent] += value;
        this.#histograms.add(latent, value);
        if (value > firings.values[peakAt]) peakAt = j;
      }
      this.#firingCounts[latent] += to - from;
      const peak = firings.values[peakAt];
      if (peak > this.#maxima[latent]) this.#maxima[latent] = peak;
      const candidate: Candidate = {
        contextIndex: context.contextIndex,
        documentIndex: context.documentIndex,
        peakPosition: firings.positions[peakAt],
        peak,
        positions: firings.positions,
        values: firings.values,
        from,
        to,
      };
      this.#top.offer(latent, candidate);
      this.#reservoir.offer(latent, candidate);
    }
  }

  /** The highest pre-activation of every latent that is silent throughout the context. Where it lies is looked up for those alone
   *  that enter a list: few, once the lists are full. */
  #addNearMisses(rows: IndexedRows, context: IndexedRows['contexts'][number]): void {
    const { rowStart, rowEnd } = context;
    const peaks = rows.preActs.maxima(rowStart, rowEnd);
    const entering: number[] = [];
    for (let latent = 0; latent < peaks.length; latent++) {
      if (this.#firings.fired(latent)) continue;
      peaks[latent] *= this.#decoderNorms[latent];
      if (this.#nearMisses.admits(latent, peaks[latent])) entering.push(latent);
    }
    if (entering.length === 0) return;
    const columns = rows.preActs.columns(rowStart, rowEnd, Int32Array.from(entering));
    entering.forEach((latent, column) => {
      this.#nearMisses.offer(latent, {
        contextIndex: context.contextIndex,
        documentIndex: context.documentIndex,
        peakPosition: rows.positions[rowStart + firstMaximum(columns, column, entering.length)],
        peak: peaks[latent],
        positions: this.#firings.positions,
        values: this.#firings.values,
        from: 0,
        to: 0,
      });
    });
  }

  #evidence(latent: number): FeatureEvidence {
    const firingCount = this.#firingCounts[latent];
    const max = this.#maxima[latent];
    const { bands, random } = this.#reservoir.draw(latent, { perBand: EXAMPLES_PER_BAND, nRandom: RANDOM_EXAMPLES });
    return {
      featureIndex: latent,
      firingCount,
      firingContexts: this.#reservoir.firingContexts(latent),
      density: this.nTokens === 0 ? 0 : firingCount / this.nTokens,
      max,
      mean: firingCount === 0 ? 0 : this.#sums[latent] / firingCount,
      histogram: this.#histograms.histogram(latent, max),
      bandBorders: this.#reservoir.borders(latent),
      examples: {
        top: this.#top.examples(latent),
        bands: bands as FeatureExamples['bands'],
        random,
        nearMisses: this.#nearMisses.examples(latent),
      },
    };
  }
}

/** Row of the greatest value in a column of [nRows, nColumns]; of equal ones the first. */
function firstMaximum(matrix: Float32Array, column: number, nColumns: number): number {
  let best = column;
  for (let at = column; at < matrix.length; at += nColumns) if (matrix[at] > matrix[best]) best = at;
  return (best - column) / nColumns;
}
