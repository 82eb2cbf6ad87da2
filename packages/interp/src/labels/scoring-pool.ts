import type { LanguageModel } from '@featurescope/lm';
import { Rng, type SparseAutoencoder } from '@featurescope/sae';
import { specialTokenIds } from '../activations/excluded-rows.ts';
import { longestFirst, modelRows } from '../activations/model-rows.ts';
import { usableRows } from '../activations/usable-rows.ts';
import type { DocumentContextSource } from '../types.ts';

export interface ScoringPoolOptions {
  model: Pick<LanguageModel, 'run' | 'config'>;
  sae: SparseAutoencoder;
  hookName: string;
  source: DocumentContextSource;
  contextIndices: Int32Array;
  outlierNorm: number;
  seed: number;
  /** Contexts to read. Default 400. */
  nContexts?: number;
  signal?: AbortSignal;
}

const DEFAULT_CONTEXTS = 400;

/** Every firing of every feature on a random sample of contexts: where negatives are taken from, known to be silent. */
export class ScoringPool {
  /** Contexts by place; those without a usable row are left out. */
  readonly contexts: readonly { contextIndex: number; length: number }[];
  /** Firings of latent i are entries offsets[i] to offsets[i + 1], by place and position. */
  readonly #offsets: Int32Array;
  readonly #places: Uint16Array;
  readonly #positions: Uint16Array;
  readonly #peaks: Int32Array;
  /** Latents that fire somewhere in the pool. */
  readonly activeLatents: Int32Array;

  constructor(contexts: readonly { contextIndex: number; length: number }[], firings: PoolFirings, nLatents: number) {
    this.contexts = contexts;
    this.#offsets = new Int32Array(nLatents + 1);
    for (const latent of firings.latents) this.#offsets[latent + 1]++;
    for (let latent = 0; latent < nLatents; latent++) this.#offsets[latent + 1] += this.#offsets[latent];
    const next = this.#offsets.slice(0, nLatents);
    this.#places = new Uint16Array(firings.latents.length);
    this.#positions = new Uint16Array(firings.latents.length);
    this.#peaks = new Int32Array(nLatents).fill(-1);
    const best = new Float32Array(nLatents);
    firings.latents.forEach((latent, j) => {
      const at = next[latent]++;
      this.#places[at] = firings.places[j];
      this.#positions[at] = firings.positions[j];
      if (firings.values[j] > best[latent]) {
        best[latent] = firings.values[j];
        this.#peaks[latent] = at;
      }
    });
    this.activeLatents = Int32Array.from(this.#peaks.keys()).filter((latent) => this.#peaks[latent] >= 0);
  }

  /** Whether a latent fires at a position in [start, end) of a context of the pool. */
  firesIn(latent: number, place: number, { start, end }: { start: number; end: number }): boolean {
    let low = this.#offsets[latent];
    let high = this.#offsets[latent + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const isBefore =
        this.#places[middle] < place || (this.#places[middle] === place && this.#positions[middle] < start);
      if (isBefore) low = middle + 1;
      else high = middle;
    }
    return low < this.#offsets[latent + 1] && this.#places[low] === place && this.#positions[low] < end;
  }

  /** Where in the pool a latent fires most strongly; null where it is silent. */
  peak(latent: number): { place: number; position: number } | null {
    const at = this.#peaks[latent];
    return at < 0 ? null : { place: this.#places[at], position: this.#positions[at] };
  }
}

export interface PoolFirings {
  latents: ArrayLike<number> & Iterable<number> & { forEach(each: (latent: number, j: number) => void): void };
  places: ArrayLike<number>;
  positions: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** Reads a random sample of the contexts. Memory: 8 bytes a firing, about 12 MB for 400 contexts of 256 tokens with 32 active latents each. */
export async function buildScoringPool(options: ScoringPoolOptions): Promise<ScoringPool> {
  const { sae, source } = options;
  const special = specialTokenIds(options.model);
  const shuffled = Rng.fromSeed(options.seed, 'scoring-pool').shuffle(options.contextIndices.slice());
  const chosen = shuffled.subarray(0, options.nContexts ?? DEFAULT_CONTEXTS);
  const contexts: { contextIndex: number; length: number }[] = [];
  const latents: number[] = [];
  const places: number[] = [];
  const positions: number[] = [];
  const values: number[] = [];
  for await (const pass of modelRows(options, longestFirst(source, chosen))) {
    const usable = usableRows(pass, special, options.outlierNorm);
    const acts = sae.encodeSparse(usable.rows, usable.nRows);
    usable.contexts.forEach(({ contextIndex, rowStart, rowEnd }, text) => {
      if (rowEnd === rowStart) return;
      for (let j = acts.rowOffsets[rowStart], row = rowStart; j < acts.rowOffsets[rowEnd]; j++) {
        while (j >= acts.rowOffsets[row + 1]) row++;
        latents.push(acts.indices[j]);
        places.push(contexts.length);
        positions.push(usable.positions[row]);
        values.push(acts.values[j]);
      }
      contexts.push({ contextIndex, length: pass.lengths[text] });
    });
  }
  return new ScoringPool(contexts, { latents, places, positions, values }, sae.decoderNorms.length);
}
