'use client';

import type { TensorBackend } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { healthQuery } from '../api/queries.ts';
import { useConnectionState } from '../api/use-live.ts';
import { classNames } from '../ui/class-names.ts';
import { definitionOf } from '../ui/definitions.ts';
import { Quantity } from '../ui/Quantity.tsx';

/** What runs underneath: backend, threads, matrix product rate, workers, queue, version. */
export function StatusFooter() {
  const { data: health, isError } = useQuery(healthQuery);
  const connection = useConnectionState();
  const tensor = health?.tensor;
  const trouble = isError || health?.status === 'degraded';
  return (
    <footer className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-0.5 border-t border-line bg-surface px-4 py-1 text-xs text-ink-3 md:sticky md:bottom-0 md:z-20">
      <Item>
        <span
          className={classNames(
            'mr-1.5 inline-block size-1.5 rounded-full',
            trouble ? 'bg-bad' : connection === 'open' ? 'bg-good' : 'bg-warn',
          )}
          aria-hidden
        />
        {isError ? 'Server not reachable' : health ? serverText(health.database, health.inference) : 'Connecting'}
        {!isError && health?.status === 'ok' && (connection === 'open' ? ', live' : ', not live')}
      </Item>
      {tensor && (
        <>
          <Item title={tensor.reason ?? tensor.library}>{backendNames[tensor.name]}</Item>
          <Item>
            <Quantity value={tensor.threads} /> {tensor.threads === 1 ? 'thread' : 'threads'}
          </Item>
          {tensor.matmulGflops !== null && (
            <Item title={definitionOf('matmul').meaning}>
              <Quantity value={tensor.matmulGflops} /> GFLOP/s
            </Item>
          )}
        </>
      )}
      {health && (
        <>
          <Item title="Workers seen in the last 30 seconds">
            {health.workers} {health.workers === 1 ? 'worker' : 'workers'}
          </Item>
          <Item title={definitionOf('queue').meaning}>{health.queueLength} queued</Item>
          <span className="numeric ml-auto">v{health.version}</span>
        </>
      )}
    </footer>
  );
}

const backendNames = {
  gpu: 'TensorFlow on the GPU',
  native: 'Native TensorFlow',
  wasm: 'WebAssembly fallback',
} satisfies Record<TensorBackend['name'], string>;

function serverText(database: 'up' | 'down', inference: 'up' | 'down'): string {
  if (database === 'down') return 'Database down';
  return inference === 'down' ? 'Inference process down' : 'Ready';
}

const Item = ({ children, title }: { children: ReactNode; title?: string }) => (
  <span className="numeric whitespace-nowrap" title={title}>
    {children}
  </span>
);
