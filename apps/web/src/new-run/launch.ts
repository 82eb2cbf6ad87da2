import type { CreateRun, CreateSweep, StartRun } from '@featurescope/contracts';
import { checkDraft } from './check-draft.ts';
import type { Draft, FieldErrors } from './draft.ts';
import { checkSweep } from './sweep-draft.ts';
import { checkSynthetic, isSyntheticDraft } from './synthetic-draft.ts';

/** What the form launches. */
export type Launch = { kind: 'run'; run: StartRun } | { kind: 'sweep'; sweep: CreateSweep };

export function checkLaunch(draft: Draft): { launch: Launch | null; errors: FieldErrors } {
  if (isSyntheticDraft(draft)) {
    const { run, errors } = checkSynthetic(draft);
    return { launch: run && { kind: 'run', run }, errors };
  }
  if (draft.isSweep) {
    const { sweep, errors } = checkSweep(draft);
    return { launch: sweep && { kind: 'sweep', sweep }, errors };
  }
  const { run, errors } = checkDraft(draft);
  return { launch: run && { kind: 'run', run }, errors };
}

export const bodyOf = (launch: Launch): StartRun | CreateSweep => (launch.kind === 'run' ? launch.run : launch.sweep);

/** The values that all runs of the launch have. */
export const sharedOf = (launch: Launch): Pick<CreateRun, 'nTokens'> => bodyOf(launch);
