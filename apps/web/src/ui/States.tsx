'use client';

import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Button } from './Button.tsx';
import { CopyButton } from './CopyButton.tsx';
import { classNames } from './class-names.ts';

/** Nothing here yet, and what to do about it. */
export function EmptyState({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <h2 className="text-base font-medium">{title}</h2>
      <p className="max-w-md text-ink-2">{children}</p>
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** What failed, in the server's words, with a way on. */
export function ErrorState({
  error,
  retry,
  action,
  title = 'This could not be loaded',
}: {
  error: unknown;
  retry?: () => void;
  action?: ReactNode;
  title?: string;
}) {
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof ApiError ? error.details : message;
  // What is not there will not be there at the second try.
  const isGone = error instanceof ApiError && error.code === 'not_found';
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-6 py-14 text-center">
      <CircleAlert size={20} className="text-bad" aria-hidden />
      <h2 className="text-base font-medium">{title}</h2>
      <p className="max-w-lg text-ink-2">{message}</p>
      <div className="mt-2 flex flex-wrap justify-center gap-2">
        {retry && !isGone && <Button onClick={retry}>Try again</Button>}
        {action}
        <CopyButton text={details} label="Copy details" />
      </div>
    </div>
  );
}

/** A failure inside a form or a panel: one line that leaves everything else in place. */
export function InlineError({ error, title }: { error: unknown; title?: string }) {
  const message = error instanceof Error ? error.message : String(error);
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-line bg-bad-soft px-3 py-2 text-sm"
    >
      <CircleAlert size={16} className="shrink-0 text-bad" aria-hidden />
      <p className="min-w-0 flex-1 basis-64">
        {title && <span className="font-medium">{title} </span>}
        {message}
      </p>
      <CopyButton text={error instanceof ApiError ? error.details : message} label="Copy details" />
    </div>
  );
}

export function Skeleton({ className }: { className?: string }) {
  return <div className={classNames('skeleton', className ?? 'h-4 w-full')} aria-hidden />;
}

/** Rows where a table will stand. */
export function SkeletonRows({ rows = 6 }: { rows?: number }) {
  return (
    <div role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={i} className="flex h-9 items-center gap-4 border-b border-line px-3">
          <Skeleton className="h-3 w-1/4" />
          <Skeleton className="h-3 w-1/6" />
          <Skeleton className="ml-auto h-3 w-1/5" />
        </div>
      ))}
    </div>
  );
}
