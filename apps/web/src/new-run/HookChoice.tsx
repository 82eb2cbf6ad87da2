'use client';

import type { Model } from '@featurescope/contracts';
import { hookMeaning, hookStack, sameHookIn } from '../models/hook-stack.ts';
import { classNames } from '../ui/class-names.ts';
import { Term } from '../ui/Term.tsx';

/** The model drawn as its stack of blocks, and the hook points of the block that is chosen. */
export function HookChoice({
  model,
  value,
  error,
  onChange,
}: {
  model: Model;
  value: string;
  error?: string;
  onChange: (hookName: string) => void;
}) {
  const stack = hookStack(model);
  const current = stack.find((layer) => layer.hooks.some((hook) => hook.name === value));
  return (
    <div className="mt-3 grid gap-x-6 gap-y-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
      <fieldset className="min-w-0">
        <legend className="mb-1 font-medium">Layer</legend>
        <div className="flex max-h-72 flex-col gap-1 overflow-y-auto p-0.5">
          {stack.map((layer) => (
            <label
              key={layer.label}
              className={classNames(
                'flex h-8 shrink-0 cursor-pointer items-center justify-center rounded-md border text-[13px] has-focus-visible:outline-2 has-focus-visible:outline-accent',
                layer === current
                  ? 'border-accent bg-accent-soft font-medium text-accent-ink'
                  : 'border-line bg-sunken text-ink-2 hover:bg-hover',
              )}
            >
              <input
                type="radio"
                name="layer"
                className="sr-only"
                checked={layer === current}
                onChange={() => onChange(sameHookIn(layer, value))}
              />
              {layer.label}
            </label>
          ))}
        </div>
      </fieldset>
      <fieldset className="min-w-0">
        <legend className="mb-1 font-medium">
          <Term name="hook" />
        </legend>
        {current ? (
          <div className="flex flex-col">
            {current.hooks.map((hook) => (
              <label
                key={hook.name}
                className="flex min-h-8 cursor-pointer items-baseline gap-2 rounded-md px-2 py-1 hover:bg-hover has-checked:bg-accent-soft"
              >
                <input
                  type="radio"
                  name="hook"
                  className="translate-y-0.5 accent-accent"
                  checked={hook.name === value}
                  onChange={() => onChange(hook.name)}
                />
                <span className="min-w-0">
                  <span className="font-mono text-[13px] break-all">{hook.name}</span>
                  <span className="block text-xs text-ink-2">
                    {[hookMeaning(hook.name), `${hook.width} wide`, hook.steerable ? 'can be steered' : 'reading only']
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </span>
              </label>
            ))}
          </div>
        ) : (
          <p className="text-bad">{error ?? `${value} is not a hook point of this model. Choose a layer.`}</p>
        )}
        {current && error && <p className="mt-1 text-xs text-bad">{error}</p>}
      </fieldset>
    </div>
  );
}
