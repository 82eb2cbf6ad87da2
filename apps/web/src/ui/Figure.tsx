import type { ReactNode } from 'react';
import type { TermName } from './definitions.ts';
import { Term } from './Term.tsx';

/** One headline number with its definition. `note` says where it comes from. */
export function Figure({ term, value, note }: { term: TermName; value: ReactNode; note?: ReactNode }) {
  return (
    <div className="min-w-0 px-4 py-3">
      <dt className="text-xs text-ink-2">
        <Term name={term} />
      </dt>
      <dd className="numeric mt-0.5 truncate text-lg font-semibold">{value}</dd>
      {note && <dd className="truncate text-xs text-ink-3">{note}</dd>}
    </div>
  );
}

/** Figures in a row with hairlines between them. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 divide-line overflow-hidden rounded-lg border border-line bg-surface max-md:[&>*]:border-b sm:grid-cols-3 md:flex md:divide-x [&>*]:flex-1">
      {children}
    </dl>
  );
}
