'use client';

import type { ReactNode } from 'react';
import { definitionOf, type TermName } from './definitions.ts';
import { Tooltip } from './Tooltip.tsx';

/** A term of the field with its definition on hover and focus. */
export function Term({ name, children }: { name: TermName; children?: ReactNode }) {
  const { term, meaning } = definitionOf(name);
  return (
    <Tooltip content={meaning}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the definition must be reachable by keyboard */}
      <span className="term" tabIndex={0}>
        {children ?? term}
      </span>
    </Tooltip>
  );
}
