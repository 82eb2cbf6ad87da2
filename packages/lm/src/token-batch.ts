import { ContextOverflowError, InvalidInputError } from './errors.ts';
import type { ModelConfig } from './model-config.ts';

/** Texts as token ids, side by side. */
export interface TokenBatch {
  /** [batch, seqLen], row-major, padded on the right with any valid id. */
  tokenIds: Int32Array;
  batch: number;
  seqLen: number;
  /** [batch], how many of each row's tokens are real, 1 to seqLen. Absent: all of them. */
  lengths?: Int32Array;
}

/** One text as a batch of one. */
export function singleText(tokenIds: ArrayLike<number>): TokenBatch {
  return { tokenIds: Int32Array.from(tokenIds), batch: 1, seqLen: tokenIds.length };
}

/** Rows of different lengths as one right-padded batch. padId fills the rest; attention is causal, so it changes nothing. */
export function padTexts(texts: readonly ArrayLike<number>[], padId = 0): TokenBatch & { lengths: Int32Array } {
  const lengths = Int32Array.from(texts, (text) => text.length);
  const seqLen = lengths.reduce((longest, length) => Math.max(longest, length), 0);
  const tokenIds = new Int32Array(texts.length * seqLen).fill(padId);
  texts.forEach((text, row) => {
    tokenIds.set(text, row * seqLen);
  });
  return { tokenIds, batch: texts.length, seqLen, lengths };
}

/** Checks a batch and returns each row's length.
 *  Throws InvalidInputError for contradictory sizes and unknown ids, ContextOverflowError for rows beyond the context. */
export function checkTokenBatch(input: TokenBatch, config: Pick<ModelConfig, 'vocabSize' | 'contextSize'>): Int32Array {
  const { tokenIds, batch, seqLen } = input;
  if (!Number.isInteger(batch) || batch < 1 || !Number.isInteger(seqLen) || seqLen < 1) {
    throw new InvalidInputError(`A batch needs at least one text and one token; got ${batch} × ${seqLen}`, {
      batch,
      seqLen,
    });
  }
  if (tokenIds.length !== batch * seqLen) {
    throw new InvalidInputError(`tokenIds has ${tokenIds.length} ids, ${batch} × ${seqLen} are needed`, {
      batch,
      seqLen,
    });
  }
  checkContext(seqLen, config.contextSize);
  const unknown = tokenIds.findIndex((id) => !(id >= 0 && id < config.vocabSize));
  if (unknown >= 0) {
    throw new InvalidInputError(
      `Token id ${tokenIds[unknown]} at place ${unknown} is outside the vocabulary of ${config.vocabSize}`,
      { tokenId: tokenIds[unknown], place: unknown },
    );
  }
  const lengths = input.lengths ?? new Int32Array(batch).fill(seqLen);
  if (lengths.length !== batch || lengths.some((length) => length < 1 || length > seqLen)) {
    throw new InvalidInputError(`lengths must hold ${batch} numbers from 1 to ${seqLen}`, { lengths: [...lengths] });
  }
  return lengths;
}

/** Throws ContextOverflowError when nTokens do not fit. */
export function checkContext(nTokens: number, contextSize: number): void {
  if (nTokens > contextSize) {
    throw new ContextOverflowError(`${nTokens} tokens do not fit the model's context of ${contextSize}`, {
      nTokens,
      contextSize,
    });
  }
}
