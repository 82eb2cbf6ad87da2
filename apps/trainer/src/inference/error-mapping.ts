import { InterpretationError } from '@featurescope/interp';
import { ContextOverflowError, LanguageModelError, UnsupportedHookError } from '@featurescope/lm';
import { SaeFormatError } from '@featurescope/sae';
import { ZodError } from 'zod';
import { AppError } from '../app-error.ts';
import { ModelChangedError } from '../run/same-model.ts';

/** An error in the terms of the contracts. What is not known becomes `internal`, whose text says nothing of the inside. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof ZodError) {
    const [issue] = error.issues;
    return new AppError('invalid_request', issue.message, { field: issue.path.join('.') });
  }
  if (error instanceof ModelChangedError) return new AppError('conflict', error.message, { cause: error });
  if (error instanceof ContextOverflowError) return new AppError('prompt_too_long', error.message, { cause: error });
  if (error instanceof UnsupportedHookError) return new AppError('unsupported_hook', error.message, { cause: error });
  if (error instanceof LanguageModelError || error instanceof InterpretationError || error instanceof SaeFormatError)
    return new AppError('unprocessable', error.message, { cause: error });
  const message = 'Something went wrong in the inference process. Its log says what; try again.';
  return new AppError('internal', message, { cause: error });
}
