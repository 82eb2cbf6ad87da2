import { AppError } from '../../app-error.ts';
import { hubRefusal } from './hub-errors.ts';

/** What packages/lm says of a model that it cannot run, and packages/hub of what it cannot get, as a client may see it; any
 *  other error as it is. */
export function invalidModel(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'ModelFormatError')
    return hubRefusal(error, { unusable: 'model_invalid', field: 'source.repo' });
  return new AppError('model_invalid', `The model cannot be used. ${error.message}.`, {
    field: 'source',
    cause: error,
  });
}

/** The sentence that a failed model keeps; null for an error that is the server's own. */
export function failureMessage(error: unknown): string | null {
  const told = invalidModel(error);
  if (told instanceof AppError) return told.message;
  const { code } = error as { code?: string };
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'The disk is full. Free some space, then try again.';
  if (code === 'ENOENT') return 'A file of the model is gone. Put it back, then try again.';
  return null;
}
