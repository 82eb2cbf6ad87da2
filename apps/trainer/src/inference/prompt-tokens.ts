import type { LanguageModel } from '@featurescope/lm';
import { AppError } from '../app-error.ts';

/** A text's tokens behind the beginning-of-text token. room: positions that must stay free.
 *  Throws AppError prompt_too_long, naming both lengths. */
export function promptTokens(
  { tokenizer, config }: Pick<LanguageModel, 'tokenizer' | 'config'>,
  text: string,
  { field, room }: { field: string; room: number },
): number[] {
  const tokenIds = tokenizer.encode(text);
  if (config.bosTokenId !== null) tokenIds.unshift(config.bosTokenId);
  const limit = config.contextSize - room;
  if (tokenIds.length > limit) {
    const reason =
      room > 0 ? `${config.contextSize} positions less ${room} tokens to write` : 'all that the model reads at once';
    const message = `${field} has ${tokenIds.length} tokens; at most ${limit} fit (${reason}). Shorten it.`;
    throw new AppError('prompt_too_long', message, { field });
  }
  return tokenIds;
}
