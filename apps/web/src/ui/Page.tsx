import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

/** The content column of a page, with its one h1. */
export function Page({
  title,
  description,
  actions,
  children,
  wide = true,
}: {
  title: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <div className={classNames('flex w-full flex-col gap-4 px-4 py-5 md:px-6', !wide && 'max-w-4xl')}>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          {description && <p className="mt-0.5 max-w-3xl text-ink-2">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
