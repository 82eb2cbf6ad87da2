'use client';

import { Pause, Play, RotateCcw } from 'lucide-react';
import { Button, IconButton } from '../../ui/Button.tsx';
import type { Training } from '../use-experiment.ts';
import { EngineNote } from './EngineNote.tsx';

/** How far the training is; stop it, go on, start again. */
export function TrainingBar({ training, step, nSteps }: { training: Training; step: number; nSteps: number }) {
  const { engine, isDone, isPaused, setPaused, restart } = training;
  const state = isDone ? 'Trained' : isPaused ? 'Paused' : 'Training';
  return (
    <div className="flex flex-col gap-2">
      <div className="flex items-center gap-2">
        {isDone ? (
          <Button onClick={restart} className="flex-1">
            <RotateCcw size={14} aria-hidden /> Train again
          </Button>
        ) : (
          <Button kind="primary" onClick={() => setPaused(!isPaused)} className="flex-1">
            {isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        )}
        {!isDone && (
          <IconButton label="Start again" onClick={restart}>
            <RotateCcw size={16} aria-hidden />
          </IconButton>
        )}
      </div>
      <div
        role="progressbar"
        aria-label="Training"
        aria-valuemin={0}
        aria-valuemax={nSteps}
        aria-valuenow={step}
        className="h-1 overflow-hidden rounded-full bg-hover"
      >
        <div className="h-full bg-accent" style={{ width: `${nSteps > 0 ? (100 * step) / nSteps : 0}%` }} />
      </div>
      <div className="numeric flex flex-wrap items-center justify-between gap-x-2 text-xs text-ink-2">
        <span data-testid="training-state">
          {state}, step {step.toLocaleString('en-US')} of {nSteps.toLocaleString('en-US')}
        </span>
        <EngineNote engine={engine} />
      </div>
    </div>
  );
}
