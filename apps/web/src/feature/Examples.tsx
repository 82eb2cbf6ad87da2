'use client';

import { type Example, type ExampleBand, exampleBands, type FeatureDetail } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { examplesQuery } from '../api/queries.ts';
import { ExampleLine, ExampleText } from '../ui/Example.tsx';
import { decimalsFor } from '../ui/format.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { InlineError, SkeletonRows } from '../ui/States.tsx';
import { ActivationLegend } from '../ui/Token.tsx';
import { useSearchState } from '../ui/use-search-state.ts';

const bandNames: Record<ExampleBand, string> = {
  top: 'Top',
  q4: '75–100',
  q3: '50–75',
  q2: '25–50',
  q1: '0–25',
  random: 'Random',
  nearMiss: 'Near misses',
};

const bandMeanings: Record<ExampleBand, string> = {
  top: 'The highest peaks, one per document.',
  q4: 'The strongest quarter of the contexts in which it fires, drawn at random.',
  q3: 'The second quarter.',
  q2: 'The third quarter.',
  q1: 'The weakest quarter: what it does when it barely fires.',
  random: 'Drawn from all contexts in which it fires: the fairest picture.',
  nearMiss: 'Silent here, though it came close to firing. The framed token came closest.',
};

/** The text behind the feature, band by band. */
export function Examples({ feature }: { feature: FeatureDetail }) {
  const [search, setSearch] = useSearchState();
  const asked = search.get('band');
  const band = exampleBands.find((name) => name === asked) ?? 'top';
  const [openAll, setOpenAll] = useState(false);
  return (
    <Panel
      flush
      title="Examples"
      aside={
        <>
          <ActivationLegend maximum={feature.maxActivation} />
          <button type="button" className="text-accent-ink hover:underline" onClick={() => setOpenAll(!openAll)}>
            {openAll ? 'One line each' : 'Whole texts'}
          </button>
        </>
      }
    >
      <Tabs.Root value={band} onValueChange={(next) => setSearch({ band: next === 'top' ? null : next })}>
        <Tabs.List aria-label="Examples by strength" className="flex gap-1 overflow-x-auto border-b border-line px-3">
          {exampleBands.map((name) => (
            <Tabs.Trigger
              key={name}
              value={name}
              className="-mb-px h-8 border-b-2 border-transparent px-2 whitespace-nowrap text-ink-2 -outline-offset-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
            >
              {bandNames[name]}
              <span className="numeric ml-1 text-xs text-ink-3" aria-hidden>
                {feature.exampleCounts[name] ?? 0}
              </span>
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <Tabs.Content value={band} className="outline-none">
          <p className="px-4 pt-2 text-xs text-ink-3">{bandMeanings[band]}</p>
          <BandExamples key={`${band}-${openAll}`} feature={feature} band={band} open={openAll} />
        </Tabs.Content>
      </Tabs.Root>
    </Panel>
  );
}

function BandExamples({ feature, band, open }: { feature: FeatureDetail; band: ExampleBand; open: boolean }) {
  const { data: examples, error } = useQuery(examplesQuery(feature.runId, feature.index, band));
  if (error && !examples)
    return (
      <div className="p-4">
        <InlineError title="The examples could not be loaded." error={error} />
      </div>
    );
  if (!examples) return <SkeletonRows rows={8} />;
  if (examples.length === 0)
    return (
      <p className="px-4 py-8 text-center text-ink-2">
        {feature.dead
          ? 'It never fired on the indexed text.'
          : 'No example in this band: it fires too rarely to fill it.'}
      </p>
    );
  return (
    <ul className="py-1">
      {examples.map((example) => (
        <ExampleItem
          key={`${example.contextIndex}-${example.peakPosition}`}
          example={example}
          maximum={feature.maxActivation}
          initiallyOpen={open}
        />
      ))}
    </ul>
  );
}

/** One line around the peak; opens to the whole text with its document named. */
function ExampleItem({
  example,
  maximum,
  initiallyOpen,
}: {
  example: Example;
  maximum: number;
  initiallyOpen: boolean;
}) {
  const [open, setOpen] = useState(initiallyOpen);
  const Arrow = open ? ChevronDown : ChevronRight;
  return (
    <li className="border-line not-last:border-b">
      <button
        type="button"
        aria-expanded={open}
        aria-label={`Example from ${example.documentName}, peak ${example.peak.toPrecision(3)}`}
        onClick={() => setOpen(!open)}
        className="grid min-h-8 w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-2 px-3 text-left -outline-offset-2 hover:bg-hover"
      >
        <Arrow size={14} className="text-ink-3" aria-hidden />
        {open ? (
          <span className="truncate text-xs text-ink-2">
            {example.documentName} <span className="text-ink-3">· {example.documentKind}</span>
          </span>
        ) : (
          <ExampleLine example={example} maximum={maximum} />
        )}
        <span className="w-12 text-right font-mono text-xs text-ink-2">
          <Quantity value={example.peak} decimals={decimalsFor(maximum)} />
        </span>
      </button>
      {open && (
        <div className="px-9 pt-0.5 pb-3">
          <ExampleText example={example} maximum={maximum} />
        </div>
      )}
    </li>
  );
}
