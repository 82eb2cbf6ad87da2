import type { HurtToken } from '@featurescope/contracts';
import type { HurtToken as MeasuredHurtToken } from '@featurescope/interp';
import type { Tokenizer } from '@featurescope/lm';
import type { TokenCorpus } from '@featurescope/store';

/** Tokens shown before and after the one that is predicted worse. */
const [nBefore, nAfter] = [24, 8];

/** A token that loses, with the text around it. */
export function hurtTokenView(
  { contextIndex, position, change, ceClean, ceClamped, firing }: MeasuredHurtToken,
  { corpus, tokenizer }: { corpus: TokenCorpus; tokenizer: Pick<Tokenizer, 'tokenText'> },
): HurtToken {
  const { tokenIds, documentIndex } = corpus.context(contextIndex);
  const first = Math.max(0, position - nBefore);
  const shown = Array.from(tokenIds.subarray(first, position + nAfter + 1), (id) => tokenizer.tokenText(id));
  return {
    ...{ contextIndex, change, ceClean, ceClamped },
    documentName: corpus.document(documentIndex).name,
    tokens: shown,
    focus: position - first,
    activations: firing
      .map(([place, activation]): [number, number] => [place - first, activation])
      .filter(([place]) => place >= 0 && place < shown.length),
  };
}
