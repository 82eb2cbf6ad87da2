import { InvalidInputError, NonFiniteError } from './errors.ts';
import type { Intervention } from './intervention.ts';
import { checkSampling, logProbability, type SamplingOptions, sampleToken } from './sampling.ts';
import { samplingRandom } from './sampling-random.ts';
import { checkContext } from './token-batch.ts';

export interface GenerateOptions extends SamplingOptions {
  /** The prompt, special tokens included. At least one. */
  tokenIds: ArrayLike<number>;
  /** At most this many new tokens; fewer when a stop token comes, which is yielded too. */
  nTokens: number;
  /** Any finite number; the same one gives the same text. */
  seed: number;
  interventions?: readonly Intervention[];
  /** Absent: the model's end-of-text tokens. Empty: never stop early. */
  stopTokenIds?: readonly number[];
  /** Aborting makes the generator throw the signal's reason. */
  signal?: AbortSignal;
}

export interface GeneratedToken {
  tokenId: number;
  /** ln p under the model with its interventions, before temperature and truncation. Computed when it is asked for. */
  readonly logProbability: number;
  /** Place in the text, prompt included, from 0. */
  position: number;
  /** [vocabSize], what the token was drawn from, before temperature. */
  logits: Float32Array;
}

/** What generation needs of a model. next: feeds token ids after those already fed, returns the last one's logits. */
export interface IncrementalModel {
  contextSize: number;
  stopTokenIds: readonly number[];
  next(tokenIds: Int32Array): Promise<Float32Array>;
}

/** Draws one token after another. Throws ContextOverflowError, before the first, when prompt and nTokens together exceed
 *  the context, and NonFiniteError when an intervention has driven the logits out of range. */
export async function* generateTokens(
  model: IncrementalModel,
  options: GenerateOptions,
): AsyncGenerator<GeneratedToken> {
  const { nTokens, signal } = options;
  checkSampling(options);
  if (!Number.isInteger(nTokens) || nTokens < 1)
    throw new InvalidInputError(`nTokens is ${nTokens}; expected an integer from 1`, { nTokens });
  checkContext(options.tokenIds.length + nTokens, model.contextSize);
  const random = samplingRandom(options.seed);
  const stop = new Set(options.stopTokenIds ?? model.stopTokenIds);
  let fed = Int32Array.from(options.tokenIds);
  let position = fed.length;
  for (let i = 0; i < nTokens; i++) {
    signal?.throwIfAborted();
    const logits = await model.next(fed);
    signal?.throwIfAborted();
    const tokenId = sampleToken(logits, options, random);
    if (!areFinite(logits)) throw new NonFiniteError(`The logits at position ${position} are not finite`, { position });
    yield new DrawnToken(tokenId, position, logits);
    if (stop.has(tokenId)) return;
    fed = Int32Array.of(tokenId);
    position++;
  }
}

class DrawnToken implements GeneratedToken {
  readonly tokenId: number;
  readonly position: number;
  readonly logits: Float32Array;
  #logProbability: number | undefined;

  constructor(tokenId: number, position: number, logits: Float32Array) {
    this.tokenId = tokenId;
    this.position = position;
    this.logits = logits;
  }

  get logProbability(): number {
    this.#logProbability ??= logProbability(this.logits, this.tokenId);
    return this.#logProbability;
  }
}

/** A NaN or an infinity makes a sum one; finite float32s cannot overflow a float64. */
function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return Number.isFinite(sum);
}
