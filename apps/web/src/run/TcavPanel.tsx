'use client';

import type { TcavResult } from '@featurescope/contracts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity, Score } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

/** Whether the words become likelier along the concept, on how many inputs, and whether random directions do as much. */
export function TcavPanel({ tcav }: { tcav: TcavResult }) {
  const { score, conceptScores, randomScores, conceptMean, randomMean, pValue, inputs, targets, stepShare } = tcav;
  const differs = pValue < 0.05;
  return (
    <Panel
      title="TCAV"
      aside={
        <span>
          <Term name="tcavTargets">Words</Term>: {targets.map(({ word, token }) => describe(word, token)).join(', ')}
        </span>
      }
    >
      <p className="numeric">
        <Term name="tcavScore" />{' '}
        <span className="text-base font-semibold">
          <Score value={score} />
        </span>
        <span className="text-ink-2">
          : {Math.round(score * inputs.length)} of {inputs.length} inputs.{' '}
        </span>
        {differs ? 'Concept and random directions differ' : 'Concept and random directions cannot be told apart'}
        <span className="text-ink-2">
          , <Term name="pValue">p</Term> <Quantity value={pValue} />
        </span>
      </p>
      <div className="mt-3 grid gap-4 lg:grid-cols-2">
        <table className="w-full self-start text-[13px]" aria-label="Scores of repeats">
          <thead>
            <tr className="text-left text-xs text-ink-2">
              <th className="py-1 font-normal">Directions</th>
              <th className="numeric py-1 text-right font-normal">Mean</th>
              <th className="py-1 pl-4 font-normal">Each repeat, from 0 to 1</th>
            </tr>
          </thead>
          <tbody>
            <ScoreRow
              name={`${conceptScores.length} on resampled examples`}
              mean={conceptMean}
              scores={conceptScores}
            />
            <ScoreRow name={`${randomScores.length} between random texts`} mean={randomMean} scores={randomScores} />
          </tbody>
        </table>
        <div className="max-h-72 min-w-0 overflow-auto">
          <table className="w-full text-[13px]" aria-label="Inputs">
            <thead className="sticky top-0 bg-surface">
              <tr className="text-left text-xs text-ink-2">
                <th className="py-1 font-normal">Input</th>
                <th className="py-1 pl-3 text-right font-normal whitespace-nowrap">Slope, nats</th>
              </tr>
            </thead>
            <tbody>
              {inputs.map(({ text, derivative }, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: texts can be there twice, and never move
                <tr key={i} className="border-t border-line">
                  <td className="py-1 break-words">{text}</td>
                  <td className="py-1 pl-3 text-right align-top">
                    <Quantity value={derivative} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
      <p className="mt-3 text-xs text-ink-3">
        Slopes are measured by steps of {stepShare * 100}% of an activation’s length to either side, and given for a
        step of its whole length.
      </p>
    </Panel>
  );
}

/** A word, and the token that is read where it is only its beginning. */
const describe = (word: string, token: string) => (word === token ? `“${word}”` : `“${word}” as “${token}”`);

function ScoreRow({ name, mean, scores }: { name: string; mean: number; scores: number[] }) {
  return (
    <tr className="border-t border-line">
      <td className="py-1.5">{name}</td>
      <td className="py-1.5 text-right">
        <Score value={mean} />
      </td>
      <td className="py-1.5 pl-4">
        <svg viewBox="0 0 104 14" className="h-3.5 w-full min-w-24 max-w-64" role="img" aria-label={listed(scores)}>
          <line x1="2" x2="102" y1="7" y2="7" stroke="var(--line-strong)" strokeWidth="0.5" />
          {scores.map((score, i) => (
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: scores repeat, and never move
              key={i}
              cx={2 + 100 * score}
              cy={7}
              r="2"
              fill="var(--accent)"
              fillOpacity="0.35"
            />
          ))}
        </svg>
      </td>
    </tr>
  );
}

const listed = (scores: number[]) =>
  `Scores ${[...scores]
    .sort((a, b) => a - b)
    .map((score) => score.toFixed(2))
    .join(', ')}`;
