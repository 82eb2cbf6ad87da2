'use client';

import { useEffect, useRef, useState } from 'react';
import type { Engine, ExperimentName, Experiments, LabAnswer, LabRequest } from './worker/messages.ts';

interface Received<N extends ExperimentName> {
  /** The latest; of the settings before, until the first of the new ones has come. */
  snapshot: Experiments[N]['snapshot'] | null;
  engine: Engine | null;
  /** The snapshot belongs to the settings as they are and is the last. */
  isDone: boolean;
  error: string | null;
}

/** What the bar above a page's controls shows and does. */
export interface Training {
  engine: Engine | null;
  isDone: boolean;
  isPaused: boolean;
  setPaused: (isPaused: boolean) => void;
  /** Anew, with the settings as they are. */
  restart: () => void;
}

export interface Running<N extends ExperimentName> extends Pick<Received<N>, 'snapshot' | 'isDone' | 'error'> {
  training: Training;
}

/** Measured once per visit of the Lab. */
let knownEngine: Engine | null = null;

/** Trains in a worker of its own and hands over what there is to see, at most once per frame. Other settings start anew. */
export function useExperiment<N extends ExperimentName>(name: N, settings: Experiments[N]['settings']): Running<N> {
  const [received, setReceived] = useState<Received<N>>({ snapshot: null, engine: null, isDone: false, error: null });
  const [isPaused, setPaused] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const worker = useRef<Worker | null>(null);
  const run = useRef(0);
  const key = JSON.stringify(settings);

  useEffect(() => {
    const started = new Worker(new URL('./worker/lab-worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    let frame = 0;
    started.onerror = (event) => {
      setReceived((known) => ({ ...known, error: event.message || 'The worker could not be started.' }));
    };
    started.onmessage = ({ data }: MessageEvent<LabAnswer>) => {
      if (data.type === 'engine') {
        if (data.engine.kind === 'tensor') knownEngine = data.engine;
        setReceived((known) => ({ ...known, engine: data.engine }));
      } else if (data.type === 'failed') {
        if (data.run === run.current) setReceived((known) => ({ ...known, error: data.message }));
      } else {
        frame = requestAnimationFrame(() => {
          post(started, { type: 'drawn' });
          if (data.run !== run.current) return;
          const snapshot = data.snapshot as Experiments[N]['snapshot'];
          setReceived(({ engine }) => ({ snapshot, engine, isDone: data.isDone, error: null }));
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
    setReceived((known) => ({ ...known, isDone: false, error: null }));
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

  const { snapshot, error, engine, isDone } = received;
  const restart = () => {
    setPaused(false);
    setAttempt(attempt + 1);
  };
  return { snapshot, isDone, error, training: { engine, isDone, isPaused, setPaused, restart } };
}

const post = (worker: Worker, request: LabRequest) => worker.postMessage(request);
