import type { Draft, FieldErrors } from './draft.ts';

/** What every card of the form gets. */
export interface CardProps {
  draft: Draft;
  errors: FieldErrors;
  change: (changes: Partial<Draft>) => void;
}
