import type { ErrorCode } from '@featurescope/contracts';
import { HubError } from '@featurescope/hub';
import { AppError } from '../../app-error.ts';

const codeOfHubFailure = {
  denied: 'unprocessable',
  missing: 'unprocessable',
  disk_full: 'disk_full',
  unavailable: 'hub_unavailable',
} as const satisfies Record<Exclude<HubError['failure'], 'unusable'>, ErrorCode>;

/** What packages/hub says of something that it cannot get, and a cache that may not be written, as a client may see it; any other
 *  error as it is. unusable: the code for what the hub has, and nobody should take. */
export function hubRefusal(
  error: unknown,
  { unusable, field }: { unusable: 'model_invalid' | 'dictionary_invalid'; field: string },
): unknown {
  if (error instanceof HubError) {
    const code = error.failure === 'unusable' ? unusable : codeOfHubFailure[error.failure];
    return new AppError(code, error.message, { field, cause: error });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AppError(
      'unprocessable',
      `${path ?? 'A file'} may not be used by the server (${code}). Let its user read and write there; for the hub's cache, or set HF_HOME to another place.`,
      { field: 'source', cause: error },
    );
  return error;
}
