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
  const { message } = error as Error;
  if (code === 'disk_full') return { code, message: `${message}. ${diskFullRemedy}`, step: null, retryable: true };
  return { code, message, step: null, retryable: false };
}

const diskFullRemedy =
  'The disk that holds the data directory is full. Free some space, then resume the run: it goes on from its last checkpoint.';

function permanentCode(error: unknown): string | null {
  if (error instanceof UnsupportedHookError) return 'unsupported_hook';
  if (error instanceof ModelChangedError) return 'model_changed';
  if (error instanceof LanguageModelError) return 'model_unusable';
  if (error instanceof SaeConfigError) return 'invalid_configuration';
  if (error instanceof SaeFormatError) return 'dictionary_unusable';
  if (error instanceof InsufficientDataError) return 'too_little_text';
  if (error instanceof InterpretationError) return 'invalid_request';
  if (error instanceof CorpusFormatError) return 'corpus_unusable';
  if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
    return 'disk_full';
  return null;
}
