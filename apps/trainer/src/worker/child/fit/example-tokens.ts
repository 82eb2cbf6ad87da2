import type { LanguageModel } from '@featurescope/lm';

export interface ExampleTokens {
  /** Behind the beginning-of-text token, if the model has one. */
  texts: number[][];
  /** Texts that did not fit the context. */
  nTruncated: number;
}

/** A user's texts as tokens. end: of a text that does not fit the context, whether its end is kept, where what counts is the last
 *  token, or cut. */
export function exampleTokens(
  { tokenizer, config }: Pick<LanguageModel, 'tokenizer' | 'config'>,
  texts: readonly string[],
  { contextSize, end }: { contextSize: number; end: 'keep' | 'cut' },
): ExampleTokens {
  const begin = config.bosTokenId === null ? [] : [config.bosTokenId];
  const room = contextSize - begin.length;
  let nTruncated = 0;
  const tokens = texts.map((text) => {
    const tokenIds = tokenizer.encode(text);
    if (tokenIds.length > room) nTruncated++;
    return [...begin, ...(end === 'keep' ? tokenIds.slice(-room) : tokenIds.slice(0, room))];
  });
  return { texts: tokens, nTruncated };
}
