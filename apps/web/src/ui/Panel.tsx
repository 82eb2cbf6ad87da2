import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** A titled region on a surface. */
export function Panel({
  title,
  aside,
  children,
  className,
  flush = false,
}: {
  title?: ReactNode;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  /** Content reaches the edges, as a table does. */
  flush?: boolean;
}) {
  return (
    <section className={classNames('min-w-0 rounded-lg border border-line bg-surface', className)}>
      {(title || aside) && (
        <header className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3">
          {title && <h2 className="text-sm font-semibold">{title}</h2>}
          {aside && <div className="ml-auto flex flex-wrap items-center gap-2 text-xs text-ink-3">{aside}</div>}
        </header>
      )}
      <div className={flush ? 'pt-2' : 'px-4 pt-2 pb-4'}>{children}</div>
    </section>
  );
}
