'use client';

import type { Model } from '@featurescope/contracts';
import { Check } from 'lucide-react';
import { Term } from '../ui/Term.tsx';
import { hookMeaning, hookStack } from './hook-stack.ts';

/** Every hook point of a model, from the output down, and which of them can be steered. */
export function HookTable({ model }: { model: Model }) {
  const hooks = hookStack(model).flatMap((layer) => layer.hooks);
  const nSteerable = hooks.filter((hook) => hook.steerable).length;
  return (
    <details className="mt-2 border-t border-line pt-2">
      <summary className="h-8 leading-8">
        <span className="font-medium">{hooks.length} hook points</span>
        <span className="text-ink-2">, {nSteerable} can be steered</span>
      </summary>
      <div className="max-h-96 overflow-auto">
        <table className="w-full text-sm" aria-label={`Hook points of ${model.name}`}>
          <thead className="sticky top-0 bg-surface text-left text-xs text-ink-2">
            <tr>
              <th scope="col" className="h-8 font-medium">
                <Term name="hook" />
              </th>
              <th scope="col" className="font-medium max-sm:hidden">
                What it is
              </th>
              <th scope="col" className="text-right font-medium">
                Width
              </th>
              <th scope="col" className="w-28 text-right font-medium">
                <Term name="steering" />
              </th>
            </tr>
          </thead>
          <tbody>
            {hooks.map((hook) => (
              <tr key={hook.name} className="border-t border-line">
                <td className="h-8 pr-4 font-mono text-[13px]">
                  {hook.name}
                  {hook.name === model.defaultHookName && (
                    <span className="ml-2 font-sans text-xs text-ink-3">default</span>
                  )}
                </td>
                <td className="text-ink-2 max-sm:hidden">{hookMeaning(hook.name)}</td>
                <td className="numeric text-right font-mono text-[13px]">{hook.width}</td>
                <td className="text-right">
                  {hook.steerable ? (
                    <Check size={14} className="ml-auto text-good" aria-label="can be steered" />
                  ) : (
                    <span className="text-ink-3">reading only</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
