'use client';

import type { PredictResponse } from '@featurescope/contracts';
import { useState } from 'react';
import { classNames } from '../ui/class-names.ts';
import { formatShare } from '../ui/format.ts';
import { LoneToken, TokenText } from '../ui/Token.tsx';

/** The tokens of a text, one of which is chosen, and what the model expects after it. */
export function Predictions({ prediction, stale }: { prediction: PredictResponse; stale: boolean }) {
  const { texts, positions, tokenIds } = prediction;
  const [chosen, setChosen] = useState<number | null>(null);
  const last = texts.length - 1;
  const position = chosen === null ? last : Math.min(chosen, last);
  return (
    <div className={classNames('grid gap-x-6 gap-y-3 md:grid-cols-[3fr_2fr]', stale && 'opacity-60')} aria-busy={stale}>
      <div role="group" aria-label="Tokens" className="font-mono text-[13px] leading-7 break-words whitespace-pre-wrap">
        {texts.map((text, i) => (
          <button
            // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
            key={i}
            type="button"
            aria-pressed={i === position}
            title={`token ${tokenIds[i]}`}
            onClick={() => setChosen(i)}
            className={classNames(
              'mr-px rounded border px-0.5 text-left whitespace-pre-wrap hover:border-accent',
              i === position ? 'border-accent bg-accent-soft' : 'border-line',
            )}
          >
            {text === '' ? ' ' : <TokenText text={text} />}
          </button>
        ))}
      </div>
      <table className="w-full self-start text-sm" aria-label="Likeliest next tokens">
        <caption className="pb-1 text-left text-xs text-ink-3">
          After <LoneToken text={texts[position]} />
        </caption>
        <tbody>
          {positions[position].top.map(({ tokenId, text, logProbability }) => (
            <tr key={tokenId} className="border-t border-line">
              <td className="py-1 pr-3">
                <LoneToken text={text} />
              </td>
              <td className="w-1/2">
                <span className="block h-1.5 rounded-full bg-line" aria-hidden>
                  <span
                    className="block h-full rounded-full bg-accent"
                    style={{ width: `${Math.exp(logProbability) * 100}%` }}
                  />
                </span>
              </td>
              <td className="numeric w-20 text-right font-mono text-[13px]" title={`ln p ${logProbability}`}>
                {formatShare(Math.exp(logProbability))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
