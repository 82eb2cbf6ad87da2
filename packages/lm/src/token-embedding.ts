import type { Description } from './architectures/architecture.ts';
import type { OuterWeights } from './model-weights.ts';

/** The way from token ids into the residual stream. */
export class TokenEmbedding {
  readonly #dModel: number;
  readonly #scale: number;
  readonly #weights: Pick<OuterWeights, 'embedding' | 'positions'>;

  constructor({ shape, embedding }: Description, weights: Pick<OuterWeights, 'embedding' | 'positions'>) {
    this.#dModel = shape.dModel;
    this.#scale = Math.fround(embedding?.scale ?? 1);
    this.#weights = weights;
  }

  /** Whether what enters the first block is more than the tokens' own vectors. */
  get addsPositions(): boolean {
    return this.#weights.positions !== undefined;
  }

  /** The tokens' vectors, scaled where the architecture does that: [nTokens, dModel]. */
  tokens(tokenIds: Int32Array): Float32Array {
    const { embedding } = this.#weights;
    const dModel = this.#dModel;
    const rows = new Float32Array(tokenIds.length * dModel);
    for (let i = 0; i < tokenIds.length; i++) {
      rows.set(embedding.subarray(tokenIds[i] * dModel, (tokenIds[i] + 1) * dModel), i * dModel);
    }
    if (this.#scale !== 1) for (let i = 0; i < rows.length; i++) rows[i] *= this.#scale;
    return rows;
  }

  /** What enters the first block: [nTokens, dModel]. The tokens are rows of seqLen that begin at startPosition. */
  residual(tokenIds: Int32Array, { seqLen, startPosition }: { seqLen: number; startPosition: number }): Float32Array {
    const rows = this.tokens(tokenIds);
    const { positions } = this.#weights;
    const dModel = this.#dModel;
    if (!positions) return rows;
    for (let i = 0; i < tokenIds.length; i++) {
      const from = (startPosition + (i % seqLen)) * dModel;
      for (let j = 0; j < dModel; j++) rows[i * dModel + j] += positions[from + j];
    }
    return rows;
  }
}
