'use client';

import { Check, Link2, Rocket } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useState } from 'react';
import { Button, ButtonLink } from '../../ui/Button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { InlineError } from '../../ui/States.tsx';
import { labPages } from '../lab-pages.ts';

/** A page of the Lab: what to look for, the controls beside the picture that they change, and further pictures below. On a narrow
 *  screen the picture comes before the controls, so that one sees what a slider does. */
export function LabPage({
  title,
  lookFor,
  controls,
  stage,
  children,
  runHref,
  error,
  isTall = false,
}: {
  title: string;
  lookFor: ReactNode;
  controls: ReactNode;
  stage: ReactNode;
  children?: ReactNode;
  /** New run with the same settings; absent where a run cannot be that. */
  runHref?: string;
  error: string | null;
  /** The picture is longer than a screen: on a narrow one the controls come first. */
  isTall?: boolean;
}) {
  return (
    <div className="flex w-full flex-col gap-4 px-4 py-5 md:px-6">
      <LabTabs />
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-96">
          <h1 className="text-lg font-semibold tracking-tight">{title}</h1>
          <div className="mt-1 max-w-3xl text-ink-2 [&_strong]:font-medium [&_strong]:text-ink">{lookFor}</div>
        </div>
        <div className="flex flex-wrap gap-2">
          <ShareButton />
          {runHref && (
            <ButtonLink href={runHref}>
              <Rocket size={14} aria-hidden /> Train this as a run
            </ButtonLink>
          )}
        </div>
      </div>
      {error && <InlineError title="The experiment stopped." error={error} />}
      <div className="grid items-start gap-4 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <div className="min-w-0 lg:col-start-2">{stage}</div>
        <section
          aria-label="Settings"
          className={classNames(
            'flex min-w-0 flex-col gap-4 rounded-lg border border-line bg-surface p-4 lg:sticky lg:top-16 lg:col-start-1 lg:row-span-2 lg:row-start-1',
            isTall && 'max-lg:order-first',
          )}
        >
          {controls}
        </section>
        {children && <div className="flex min-w-0 flex-col gap-4 lg:col-start-2">{children}</div>}
      </div>
    </div>
  );
}

function LabTabs() {
  const pathname = usePathname();
  return (
    <nav aria-label="Lab" className="-mx-1 flex flex-wrap gap-1 border-b border-line pb-3">
      {labPages.map(({ href, name }) => (
        <Link
          key={href}
          href={href}
          aria-current={pathname === href ? 'page' : undefined}
          className={classNames(
            'flex h-7 items-center rounded-md px-2 text-sm whitespace-nowrap',
            pathname === href
              ? 'bg-accent-soft font-medium text-accent-ink'
              : 'text-ink-2 hover:bg-hover hover:text-ink',
          )}
        >
          {name}
        </Link>
      ))}
    </nav>
  );
}

/** The address holds every setting and the seed: whoever opens it sees the same. */
function ShareButton() {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <Button onClick={() => navigator.clipboard.writeText(window.location.href).then(() => setCopied(true))}>
      {isCopied ? <Check size={14} aria-hidden /> : <Link2 size={14} aria-hidden />}
      <span aria-live="polite">{isCopied ? 'Copied' : 'Copy link'}</span>
    </Button>
  );
}
