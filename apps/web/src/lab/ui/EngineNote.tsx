'use client';

import { Tooltip } from '../../ui/Tooltip.tsx';
import type { Engine } from '../worker/messages.ts';

const names = { webgl: 'WebGL', wasm: 'WebAssembly', cpu: 'plain JavaScript' };

/** What runs the arithmetic in this browser, and what was measured beside it. */
export function EngineNote({ engine }: { engine: Engine | null }) {
  if (!engine) return <span className="text-xs text-ink-3">Starting a worker …</span>;
  if (engine.kind === 'plain')
    return (
      <Tooltip content="A model of a few hundred weights costs less than a call of a tensor library: plain loops in a worker train it.">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the explanation must be reachable by keyboard */}
        <span className="term text-xs text-ink-3" tabIndex={0}>
          In this browser, plain JavaScript
        </span>
      </Tooltip>
    );
  const { name, timings } = engine.backend;
  const measured = timings.map(({ name: other, milliseconds, reason }) => (
    <li key={other}>
      {names[other]}: {milliseconds === null ? reason : `${milliseconds.toPrecision(2)} ms a step`}
    </li>
  ));
  return (
    <Tooltip
      content={
        <>
          The fastest of TensorFlow.js’ backends here, measured on a dictionary of this size:
          <ul className="numeric mt-1">{measured}</ul>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the measurements must be reachable by keyboard */}
      <span className="term text-xs text-ink-3" tabIndex={0}>
        In this browser, {names[name]}
      </span>
    </Tooltip>
  );
}
