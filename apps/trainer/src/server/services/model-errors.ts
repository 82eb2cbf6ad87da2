import type { ErrorCode } from '@featurescope/contracts';
import { HubError } from '@featurescope/hub';
import { AppError } from '../../app-error.ts';

const codeOfHubFailure = {
  denied: 'unprocessable',
  missing: 'unprocessable',
  unusable: 'model_invalid',
  disk_full: 'disk_full',
  unavailable: 'hub_unavailable',
} as const satisfies Record<HubError['failure'], ErrorCode>;

/** What packages/lm says of a model that it cannot run, and packages/hub of what it cannot get, as a client may see it; any
 *  other error as it is. */
export function invalidModel(error: unknown): unknown {
  if (error instanceof HubError)
    return new AppError(codeOfHubFailure[error.failure], error.message, { field: 'source.repo', cause: error });
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AppError(
      'unprocessable',
      `${path ?? 'A file'} may not be used by the server (${code}). Let its user read and write there; for the hub's cache, or set HF_HOME to another place.`,
      { field: 'source', cause: error },
    );
  if (!(error instanceof Error) || error.name !== 'ModelFormatError') return error;
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
