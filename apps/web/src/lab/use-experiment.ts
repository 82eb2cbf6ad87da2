'use client';

import { useEffect, useRef, useState } from 'react';
import type { Engine, ExperimentName, Experiments, LabAnswer, LabRequest } from './worker/messages.ts';

export interface Running<N extends ExperimentName> {
  /** The latest; of the settings before, until the first of the new ones has come. */
  snapshot: Experiments[N]['snapshot'] | null;
  engine: Engine | null;
  /** The snapshot belongs to the settings as they are and is the last. */
  isDone: boolean;
  error: string | null;
}

/** Measured once per visit of the Lab. */
let knownEngine: Engine | null = null;

/** Trains in a worker of its own and hands over what there is to see, at most once per frame. Other settings start anew. */
export function useExperiment<N extends ExperimentName>(
  name: N,
  settings: Experiments[N]['settings'],
  { isPaused = false, attempt = 0 }: { isPaused?: boolean; attempt?: number } = {},
): Running<N> {
  const [running, setRunning] = useState<Running<N>>({ snapshot: null, engine: null, isDone: false, error: null });
  const worker = useRef<Worker | null>(null);
  const run = useRef(0);
  const key = JSON.stringify(settings);

  useEffect(() => {
    const started = new Worker(new URL('./worker/lab-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    let frame = 0;
    started.onerror = (event) => {
      setRunning((known) => ({ ...known, error: event.message || 'The worker could not be started.' }));
    };
    started.onmessage = ({ data }: MessageEvent<LabAnswer>) => {
      if (data.type === 'engine') {
        if (data.engine.kind === 'tensor') knownEngine = data.engine;
        setRunning((known) => ({ ...known, engine: data.engine }));
      } else if (data.type === 'failed') {
        if (data.run === run.current) setRunning((known) => ({ ...known, error: data.message }));
      } else {
        frame = requestAnimationFrame(() => {
          post(started, { type: 'drawn' });
          if (data.run !== run.current) return;
          const snapshot = data.snapshot as Experiments[N]['snapshot'];
          setRunning(({ engine }) => ({ snapshot, engine, isDone: data.isDone, error: null }));
        });
      }
    };
    return () => {
      cancelAnimationFrame(frame);
      started.terminate();
      worker.current = null;
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt starts anew with the same settings
  useEffect(() => {
    if (!worker.current) return;
    run.current++;
    setRunning((known) => ({ ...known, isDone: false, error: null }));
    post(worker.current, {
      type: 'start',
      run: run.current,
      name,
      settings: JSON.parse(key),
      knownBackend: knownEngine?.kind === 'tensor' ? knownEngine.backend : null,
    });
  }, [name, key, attempt]);

  useEffect(() => {
    if (worker.current) post(worker.current, { type: 'pause', isPaused });
  }, [isPaused]);

  return running;
}

const post = (worker: Worker, request: LabRequest) => worker.postMessage(request);
