'use client';

import type { StoredEvent } from '@featurescope/contracts';
import { CircleAlert, Info, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useLiveEvents } from '../api/use-live.ts';
import { classNames } from '../ui/class-names.ts';
import { formatBytes, formatNumber } from '../ui/format.ts';
import { stageName } from '../ui/RunStatus.tsx';
import { EmptyState } from '../ui/States.tsx';
import { useRun } from './RunFrame.tsx';

interface Line {
  seq: number;
  at: string;
  level: 'info' | 'warning' | 'error';
  text: string;
}

const icons = { info: Info, warning: TriangleAlert, error: CircleAlert };
const colours = { info: 'text-ink-3', warning: 'text-warn', error: 'text-bad' };

/** What happened, newest first. The whole log is replayed by the live connection; metrics and progress are left out,
 *  since the curves show them. */
export function EventsTab() {
  const run = useRun();
  const [lines, setLines] = useState<Line[]>([]);
  useLiveEvents('run', run.id, 0, (events) => {
    const added = events.flatMap(lineOf);
    if (added.length > 0)
      setLines((known) => [...added.reverse(), ...known.filter((line) => line.seq < added[added.length - 1].seq)]);
  });
  if (lines.length === 0)
    return (
      <EmptyState title="Nothing has happened yet">
        Changes of status, checkpoints and warnings appear here as they come.
      </EmptyState>
    );
  return (
    <ol className="px-4 py-4 md:px-6" aria-label="Events">
      {lines.map((line) => {
        const Icon = icons[line.level];
        return (
          <li key={line.seq} className="flex min-h-8 items-baseline gap-3 border-b border-line py-1.5">
            <time
              className="numeric shrink-0 font-mono text-xs text-ink-3"
              dateTime={line.at}
              title={new Date(line.at).toLocaleString()}
            >
              {new Date(line.at).toLocaleTimeString()}
            </time>
            <Icon
              size={14}
              className={classNames('shrink-0 translate-y-0.5', colours[line.level])}
              aria-label={line.level}
            />
            <span className="min-w-0">{line.text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function lineOf(event: StoredEvent): Line[] {
  const line = (text: string, level: Line['level'] = 'info') => [{ seq: event.seq, at: event.at, level, text }];
  switch (event.type) {
    case 'status': {
      const { status, stage } = event.payload;
      return line(
        status === 'running' ? stageName(stage) : `${status[0].toUpperCase()}${status.slice(1)}`,
        status === 'failed' ? 'error' : 'info',
      );
    }
    case 'log':
      return line(event.payload.message, event.payload.level);
    case 'checkpoint':
      return line(`Checkpoint at step ${formatNumber(event.payload.step)}, ${formatBytes(event.payload.sizeBytes)}`);
    case 'evaluation':
      return line(
        `Evaluated: FVU ${formatNumber(event.payload.fvu)}, L0 ${formatNumber(event.payload.l0)}, CE recovered ${formatNumber(event.payload.ceRecoveredMean)}`,
      );
    default:
      return [];
  }
}
