import type {
  CreateDecomposition,
  CreateRun,
  CreateSweep,
  CreateSyntheticRun,
  StartRun,
} from '@featurescope/contracts';
import { type BaselineDraft, checkBaseline } from '../baselines/baseline-draft.ts';
import { checkDraft } from './check-draft.ts';
import type { Draft } from './draft.ts';
import { checkSweep } from './sweep-draft.ts';
import { checkSynthetic, isSyntheticDraft } from './synthetic-draft.ts';

/** What the form launches. */
export type Launch =
  | { kind: 'run'; run: CreateRun | CreateSyntheticRun }
  | { kind: 'sweep'; sweep: CreateSweep }
  | { kind: 'baseline'; baseline: CreateDecomposition };

/** What is wrong, by field of the form. */
export type LaunchErrors = Partial<Record<string, string>>;

/** baseline: the classical method, where the dictionary is not trained, and the sweep that it joins. */
export function checkLaunch(
  draft: Draft,
  baseline: { draft: BaselineDraft; sweepId?: string } | null = null,
): { launch: Launch | null; errors: LaunchErrors } {
  if (baseline !== null) {
    const { request, errors } = checkBaseline(baseline.draft, { ...draft, sweepId: baseline.sweepId });
    return { launch: request && { kind: 'baseline', baseline: request }, errors };
  }
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

export function bodyOf(launch: Launch): StartRun | CreateSweep {
  if (launch.kind === 'sweep') return launch.sweep;
  return launch.kind === 'run' ? launch.run : launch.baseline;
}

/** Where the launch is posted. */
export const pathOf = (launch: Launch): string => (launch.kind === 'sweep' ? '/api/sweeps' : '/api/runs');

/** The values that all runs of the launch have. */
export const sharedOf = (launch: Launch): Pick<CreateRun, 'nTokens'> => bodyOf(launch);
