import { InvalidInputError } from './errors.ts';
import { type GeneratedToken, type GenerateOptions, generateTokens } from './generation.ts';
import { type HookPoint, hookNames, parseResidualHookName } from './hook-points.ts';
import type { Intervention } from './intervention.ts';
import { KvCache } from './kv-cache.ts';
import { expand } from './matrix.ts';
import type { ModelConfig } from './model-config.ts';
import { type BlockWeights, type OuterWeights, outerBytes } from './model-weights.ts';
import type { NextTokenScorer, NextTokenScores } from './next-token-scorer.ts';
import type { TensorSource } from './tensor-source.ts';
import { checkTokenBatch, type TokenBatch } from './token-batch.ts';
import type { TokenEmbedding } from './token-embedding.ts';
import type { Tokenizer } from './tokenizer.ts';
import { layersNeeded, type Transformer } from './transformer.ts';
import type { Unembedding } from './unembedding.ts';

/** Where a pass begins other than at the tokens: a residual stream that was captured, or made, earlier. */
export interface ResidualStart {
  /** `blocks.{i}.hook_resid_pre` or `blocks.{i}.hook_resid_post`. */
  hookName: string;
  /** [batch, seqLen, dModel]; not mutated. */
  residual: Float32Array;
}

export interface RunOptions {
  /** Names of the hooks to capture. */
  hooks?: readonly string[];
  /** 'last': of each row's last real token. Default 'none', which also ends the pass after the last block that is needed. */
  logits?: 'none' | 'last' | 'all';
  /** Default true. false: all blocks run even when nothing after the last hook is asked for. */
  stopAfterHooks?: boolean;
  interventions?: readonly Intervention[];
  /** Skips the blocks before this place. */
  from?: ResidualStart;
  signal?: AbortSignal;
}

export interface RunResult {
  /** By hook name, [batch, seqLen, width]; positions in the padding hold values of no meaning. */
  hooks: Record<string, Float32Array>;
  /** 'all': [batch, seqLen, vocabSize]; 'last': [batch, vocabSize]. */
  logits?: Float32Array;
}

export type ScoreOptions = Pick<RunOptions, 'interventions' | 'from' | 'signal'>;

/** The parts a model is put together from; see loadModel. */
export interface LanguageModelParts {
  config: ModelConfig;
  tokenizer: Tokenizer;
  /** Stays open: blocks are read again when they are cut apart. */
  source: Pick<TensorSource, 'close'>;
  /** From the files. */
  readBlock(layer: number): Promise<BlockWeights>;
  weights: OuterWeights;
  embedding: TokenEmbedding;
  transformer: Transformer;
  unembedding: Unembedding;
  scorer: NextTokenScorer;
}

/** A decoder that can be read and changed at its hooks. Calls may overlap. */
export class LanguageModel {
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  readonly hookPoints: readonly HookPoint[];
  readonly #parts: LanguageModelParts;
  #isDisposed = false;

  constructor(parts: LanguageModelParts) {
    this.config = parts.config;
    this.tokenizer = parts.tokenizer;
    this.hookPoints = hookNames(parts.config);
    this.#parts = parts;
  }

  /** Bytes that the weights take in memory. */
  get weightBytes(): number {
    const { weights, transformer } = this.#parts;
    return transformer.weightBytes + outerBytes(weights);
  }

  /** [vocabSize, dModel]; the embedding itself where they are tied. Not to be changed. */
  get unembedding(): Float32Array {
    return this.#parts.weights.unembedding;
  }

  /** [dModel], what the final norm multiplies by. Not to be changed. */
  get finalNormGain(): Float32Array {
    return this.#parts.weights.finalNorm.gain;
  }

  /** Whether the final norm is a LayerNorm, which takes off each row's mean before anything else. */
  get finalNormCentres(): boolean {
    return this.#parts.weights.finalNorm.bias !== undefined;
  }

  /** [vocabSize, dModel] as stored, before any scaling. Not to be changed. */
  get embedding(): Float32Array {
    return this.#parts.weights.embedding;
  }

  /** What a unit of each of a block's MLP neurons adds to the residual stream: [dMlp, dModel], read from the files. Where what the MLP
   *  writes is normed first, its gain is multiplied in, but not the division by each token's own norm. Throws InvalidInputError. */
  async mlpWrites(layer: number): Promise<Float32Array> {
    this.#checkUsable();
    const { nLayers, dModel, dMlp } = this.config;
    if (!(Number.isInteger(layer) && layer >= 0 && layer < nLayers))
      throw new InvalidInputError(`The model has no block ${layer}; its blocks are 0 to ${nLayers - 1}`, { layer });
    const { down, mlpPostNorm } = await this.#parts.readBlock(layer);
    // Stored [dModel, dMlp].
    const stored = expand(down.weight);
    const writes = new Float32Array(stored.length);
    for (let j = 0; j < dModel; j++) {
      const gain = mlpPostNorm?.gain[j] ?? 1;
      for (let neuron = 0; neuron < dMlp; neuron++) writes[neuron * dModel + j] = stored[j * dMlp + neuron] * gain;
    }
    return writes;
  }

  /** One forward pass. Throws InvalidInputError, ContextOverflowError and UnsupportedHookError before any work. */
  async run(batch: TokenBatch, options: RunOptions = {}): Promise<RunResult> {
    const lengths = checkTokenBatch(batch, this.config);
    const logits = options.logits ?? 'none';
    const endLayer = this.#endLayer(options, logits !== 'none');
    const { residual, captured } = await this.#forward(batch, { ...options, lengths, endLayer });
    if (logits === 'none') return { hooks: captured };
    const rows = logits === 'all' ? residual : lastRows(residual, { ...batch, lengths, dModel: this.config.dModel });
    const nRows = logits === 'all' ? batch.batch * batch.seqLen : batch.batch;
    return { hooks: captured, logits: await this.normAndUnembed(rows, nRows) };
  }

  /** [batch, seqLen, dModel] as it leaves the last block: what scoreNextTokens and normAndUnembed take. */
  async finalResidual(batch: TokenBatch, options: ScoreOptions = {}): Promise<Float32Array> {
    const lengths = checkTokenBatch(batch, this.config);
    const pass = await this.#forward(batch, { ...options, lengths, endLayer: this.config.nLayers });
    return pass.residual;
  }

  /** Cross-entropy, top tokens and, against a reference, KL for each position. Residuals come from finalResidual.
   *  Logits are made and dropped in slices. */
  async scoreNextTokens(
    residual: Float32Array,
    batch: TokenBatch,
    options: { reference?: Float32Array; signal?: AbortSignal } = {},
  ): Promise<NextTokenScores> {
    this.#checkUsable();
    const lengths = checkTokenBatch(batch, this.config);
    this.#checkResidual(residual, batch);
    if (options.reference) this.#checkResidual(options.reference, batch);
    return this.#parts.scorer.score(residual, { ...batch, lengths }, options);
  }

  /** −ln p(token at t + 1 | tokens up to t) at every t: [batch, seqLen], nats, NaN where there is no next token. */
  async perTokenCrossEntropy(batch: TokenBatch, options: ScoreOptions = {}): Promise<Float32Array> {
    const residual = await this.finalResidual(batch, options);
    return (await this.scoreNextTokens(residual, batch, options)).crossEntropy;
  }

  /** ln p(token at t | tokens before t) at every t: [batch, seqLen], NaN at t = 0 and in the padding. */
  async logProbabilities(batch: TokenBatch, options: ScoreOptions = {}): Promise<Float32Array> {
    const losses = await this.perTokenCrossEntropy(batch, options);
    const result = new Float32Array(losses.length);
    for (let i = 0; i < losses.length; i++) result[i] = i % batch.seqLen === 0 ? Number.NaN : -losses[i - 1];
    return result;
  }

  /** Continues a text with a KV cache. Throws ContextOverflowError when prompt and nTokens together exceed the context. */
  generate(options: GenerateOptions): AsyncGenerator<GeneratedToken> {
    const cache = new KvCache();
    const model = {
      contextSize: this.config.contextSize,
      stopTokenIds: this.config.eosTokenIds,
      next: async (tokenIds: Int32Array) => {
        const chunk = { tokenIds, batch: 1, seqLen: tokenIds.length };
        const lengths = checkTokenBatch(chunk, this.config);
        const { interventions, signal } = options;
        const endLayer = this.config.nLayers;
        const { residual } = await this.#forward(chunk, { interventions, signal, lengths, endLayer, cache });
        return this.normAndUnembed(residual.subarray(residual.length - this.config.dModel), 1);
      },
    };
    return generateTokens(model, options);
  }

  /** Final norm and unembedding of rows of a residual stream: [nRows, dModel] → [nRows, vocabSize]. */
  async normAndUnembed(rows: Float32Array, nRows: number): Promise<Float32Array> {
    this.#checkUsable();
    return this.#parts.unembedding.normAndUnembed(rows, nRows);
  }

  /** rows · W_U without the norm, for directions already multiplied by finalNormGain: [nRows, dModel] → [nRows, vocabSize]. */
  async unembed(rows: Float32Array, nRows: number): Promise<Float32Array> {
    this.#checkUsable();
    return this.#parts.unembedding.unembed(rows, nRows);
  }

  /** Releases the runtime's memory. Calls in flight must have ended. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#parts.transformer.dispose();
    await this.#parts.unembedding.dispose();
    await this.#parts.scorer.dispose();
    await this.#parts.source.close();
  }

  async #forward(
    batch: TokenBatch,
    options: RunOptions & { lengths: Int32Array; endLayer: number; cache?: KvCache },
  ): Promise<{ residual: Float32Array; captured: Record<string, Float32Array> }> {
    this.#checkUsable();
    const { hooks = [], interventions = [], lengths, endLayer, cache, signal } = options;
    for (const { hookName } of interventions) parseResidualHookName(hookName, this.config.nLayers);
    const { captured: before, ...entry } = this.#entry(batch, options);
    const pass = await this.#parts.transformer.forward({
      ...entry,
      ...{ batch: batch.batch, seqLen: batch.seqLen, lengths, endLayer, cache, signal, interventions },
      hooks: new Set(hooks),
    });
    const captured = { ...before, ...pass.captured };
    const missed = hooks.find((name) => !(name in captured));
    if (missed !== undefined)
      throw new InvalidInputError(`${missed} lies before the place the pass begins at`, { hookName: missed });
    return { residual: pass.residual, captured };
  }

  /** The residual stream a pass begins with, the names it has there, the first block to run, and what was captured on
   *  the way there. */
  #entry(
    batch: TokenBatch,
    { from, hooks = [], interventions = [], cache }: RunOptions & { cache?: KvCache },
  ): { residual: Float32Array; entryNames: string[]; firstLayer: number; captured?: Record<string, Float32Array> } {
    if (!from) {
      const { embedding } = this.#parts;
      const startPosition = cache?.nPositions ?? 0;
      const residual = embedding.residual(batch.tokenIds, { seqLen: batch.seqLen, startPosition });
      const residPre = 'blocks.0.hook_resid_pre';
      if (!embedding.addsPositions) return { residual, entryNames: ['hook_embed', residPre], firstLayer: 0 };
      const captured = hooks.includes('hook_embed') ? { hook_embed: embedding.tokens(batch.tokenIds) } : undefined;
      return { residual, entryNames: [residPre], firstLayer: 0, captured };
    }
    const { kind, layer } = parseResidualHookName(from.hookName, this.config.nLayers);
    this.#checkResidual(from.residual, batch);
    const residual = interventions.length > 0 ? from.residual.slice() : from.residual;
    if (kind === 'resid_pre') return { residual, entryNames: [from.hookName], firstLayer: layer };
    const isLast = layer + 1 === this.config.nLayers;
    const entryNames = isLast ? [from.hookName] : [from.hookName, `blocks.${layer + 1}.hook_resid_pre`];
    return { residual, entryNames, firstLayer: layer + 1 };
  }

  #endLayer({ hooks = [], interventions = [], stopAfterHooks = true }: RunOptions, wantsLogits: boolean): number {
    const needed = layersNeeded([...hooks, ...interventions.map(({ hookName }) => hookName)], this.config);
    return wantsLogits || !stopAfterHooks ? this.config.nLayers : needed;
  }

  #checkResidual(residual: Float32Array, { batch, seqLen }: TokenBatch): void {
    const expected = batch * seqLen * this.config.dModel;
    if (residual.length !== expected) {
      throw new InvalidInputError(
        `A residual of ${residual.length} numbers was given; ${batch} × ${seqLen} × ${this.config.dModel} are needed`,
        {
          length: residual.length,
          expected,
        },
      );
    }
  }

  #checkUsable(): void {
    if (this.#isDisposed) throw new InvalidInputError('The model was used after it was disposed of');
  }
}

/** Rows of each text's last real token: [batch, dModel]. */
function lastRows(
  residual: Float32Array,
  at: { batch: number; seqLen: number; lengths: Int32Array; dModel: number },
): Float32Array {
  const rows = new Float32Array(at.batch * at.dModel);
  at.lengths.forEach((length, row) => {
    const begin = (row * at.seqLen + length - 1) * at.dModel;
    rows.set(residual.subarray(begin, begin + at.dModel), row * at.dModel);
  });
  return rows;
}
