'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { IconButton } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';
import { Mark } from './Mark.tsx';
import { destinations } from './navigation.ts';
import { useStoredState } from './stored-state.ts';
import { useCurrentRun } from './use-current-run.ts';

export function Rail() {
  const [width, setWidth] = useStoredState('featurescope.rail');
  const narrow = width === 'narrow';
  return (
    <div
      className={classNames(
        'sticky top-0 hidden h-dvh shrink-0 flex-col gap-1 border-r border-line bg-surface p-2 md:flex',
        narrow ? 'w-[49px]' : 'w-48',
      )}
    >
      <Link
        href="/"
        className="mb-1 flex h-8 items-center gap-2 px-2 font-semibold tracking-tight"
        aria-label="featurescope, all runs"
      >
        <Mark />
        {!narrow && 'featurescope'}
      </Link>
      <RailLinks narrow={narrow} />
      <IconButton
        label={narrow ? 'Widen the navigation' : 'Narrow the navigation'}
        className="mt-auto"
        onClick={() => setWidth(narrow ? 'wide' : 'narrow')}
      >
        {narrow ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
      </IconButton>
    </div>
  );
}

export function RailLinks({ narrow = false, onFollow }: { narrow?: boolean; onFollow?: () => void }) {
  const pathname = usePathname();
  const run = useCurrentRun();
  return (
    <nav aria-label="Main" className="flex flex-col gap-0.5">
      {destinations(run?.id).map(({ label, href, icon: Icon, current }) => {
        const here = current(pathname);
        return (
          <Link
            key={label}
            href={href}
            onClick={onFollow}
            aria-current={here ? 'page' : undefined}
            title={narrow ? label : undefined}
            className={classNames(
              'flex h-8 items-center gap-2.5 rounded-md px-2 font-medium',
              here ? 'bg-accent-soft text-accent-ink' : 'text-ink-2 hover:bg-hover hover:text-ink',
            )}
          >
            <Icon size={16} className="shrink-0" aria-hidden />
            <span className={narrow ? 'sr-only' : undefined}>{label}</span>
          </Link>
        );
      })}
    </nav>
  );
}
