import type { Model, ModelInspection } from '@featurescope/contracts';
import type { ReactNode } from 'react';
import { formatBytes } from '../ui/format.ts';
import { Quantity } from '../ui/Quantity.tsx';

/** What is known of a model before it is loaded, and of one that was added. */
export function ModelFacts({ model, more = [] }: { model: Model | ModelInspection; more?: [string, ReactNode][] }) {
  const facts: [string, ReactNode][] = [
    ['Parameters', <Quantity key="parameters" value={model.nParameters} />],
    ['Blocks', model.nLayers],
    ['Dimensions', model.dModel],
    ['Heads', model.nHeads],
    ['Vocabulary', <Quantity key="vocabulary" value={model.vocabSize} />],
    ['Context', `${model.contextSize.toLocaleString('en-US')} tokens`],
    ['Memory when loaded', formatBytes(model.memoryBytes)],
    ['Weights stored as', model.dtype ?? 'not stated'],
    ['Licence', model.licence ?? 'not stated'],
    ...more,
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 sm:grid-cols-3 xl:grid-cols-5">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0 py-1.5">
          <dt className="text-xs text-ink-3">{name}</dt>
          <dd className="numeric truncate">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
