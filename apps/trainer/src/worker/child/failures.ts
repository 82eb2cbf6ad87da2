import { InsufficientDataError, InterpretationError } from '@featurescope/interp';
import { LanguageModelError, UnsupportedHookError } from '@featurescope/lm';
import { DivergenceError, SaeConfigError, SaeFormatError } from '@featurescope/sae';
import { CorpusFormatError } from '@featurescope/store';
import { ModelChangedError } from '../../run/same-model.ts';
import type { Failure } from '../stage-outcome.ts';

/** What a run's page says of an error that another attempt would meet again. Null for all others: the queue tries again. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof DivergenceError)
    return { code: 'diverged', message: error.message, step: error.step, retryable: false };
  const code = permanentCode(error);
  if (code === null) return null;
  return { code, message: (error as Error).message, step: null, retryable: code === 'disk_full' };
}

function permanentCode(error: unknown): string | null {
  if (error instanceof UnsupportedHookError) return 'unsupported_hook';
  if (error instanceof ModelChangedError) return 'model_changed';
  if (error instanceof LanguageModelError) return 'model_unusable';
  if (error instanceof SaeConfigError) return 'invalid_configuration';
  if (error instanceof SaeFormatError) return 'dictionary_unusable';
  if (error instanceof InsufficientDataError) return 'too_little_text';
  if (error instanceof InterpretationError) return 'invalid_request';
  if (error instanceof CorpusFormatError) return 'corpus_unusable';
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return 'disk_full';
  return null;
}
