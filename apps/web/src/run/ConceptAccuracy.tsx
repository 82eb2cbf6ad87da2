'use client';

import type { CreateDecomposition, DecompositionResult } from '@featurescope/contracts';
import { Score } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

type HeldOut = Extract<DecompositionResult, { kind: 'meanDifference' | 'cav' }>['heldOut'];

/** How far the direction holds on examples that it was not found from, and the examples themselves. */
export function ConceptAccuracy({ request, heldOut }: { request: CreateDecomposition; heldOut: HeldOut }) {
  if (!('positiveExamples' in request)) return null;
  const { balancedAccuracy, nPositive, nPositiveRight, nNegative, nNegativeRight, nFolds } = heldOut;
  return (
    <>
      <p className="numeric mt-3">
        <Term name="heldOutAccuracy" />{' '}
        <span className="text-base font-semibold">
          <Score value={balancedAccuracy} />
        </span>
        <span className="text-ink-2">
          : {nPositiveRight} of {nPositive} positive and {nNegativeRight} of {nNegative} negative examples, in {nFolds}{' '}
          parts
        </span>
      </p>
      <details className="mt-2">
        <summary className="text-accent-ink">The examples</summary>
        <div className="mt-2 grid gap-4 md:grid-cols-2">
          <Texts title="Positive" texts={request.positiveExamples} />
          <Texts title="Negative" texts={request.negativeExamples} />
        </div>
      </details>
    </>
  );
}

function Texts({ title, texts }: { title: string; texts: string[] }) {
  return (
    <div className="min-w-0">
      <h3 className="text-xs text-ink-2">{title}</h3>
      <ul className="mt-1 max-h-56 overflow-auto text-[13px]">
        {texts.map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: texts can be there twice, and never move
          <li key={i} className="border-line py-1 break-words not-last:border-b">
            {text}
          </li>
        ))}
      </ul>
    </div>
  );
}
