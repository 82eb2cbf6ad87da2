import type { Db, RunForWork } from '@featurescope/db';
import type { ActivationStorage } from '../../activations/activation-storage.ts';
import type { Log } from '../../log.ts';
import { type StageContext, tell } from './stage-context.ts';
import type { TrainingGroup } from './training-group.ts';

/** Who reads a stream of activations: a run, or several that train together and have the same model, text, hook and seed. */
export interface ActivationReaders {
  /** Any of them, for what they have in common. */
  run: RunForWork;
  db: Db;
  activations: ActivationStorage;
  log: Log;
  /** Aborts when nobody reads any more. */
  signal: AbortSignal;
  /** Those who read now. */
  contexts(): StageContext[];
}

/** A run by itself. */
export function soleReader(context: StageContext): ActivationReaders {
  const { run, db, activations, log, control } = context;
  return { run, db, activations, log, signal: control.signal, contexts: () => [context] };
}

/** All of a group. */
export function groupReaders(group: TrainingGroup): ActivationReaders {
  group.requireMembers();
  const { run, db, activations, log } = group.members[0].context;
  const contexts = () => group.members.map(({ context }) => context);
  return { run, db, activations, log, signal: group.signal, contexts };
}

export function tellAll(readers: ActivationReaders, level: 'info' | 'warning', message: string): void {
  for (const context of readers.contexts()) tell(context, level, message);
}
