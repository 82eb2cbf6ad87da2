import type { CreateDecomposition } from '@featurescope/contracts';
import type { HookPoint } from '@featurescope/lm/config';
import { AppError } from '../../../app-error.ts';

/** Values of the sample that ICA and NMF hold in memory: 256 MiB. */
const maxSampleValues = 2 ** 26;
/** An eigendecomposition takes time with the cube of the width, and cannot be interrupted. */
const maxEigenWidth = 3072;

/** What only the hook decides. Throws AppError unprocessable, naming the field, the value and the remedy. */
export function checkDecomposition(request: CreateDecomposition, hook: HookPoint): void {
  const refuse = (field: string, message: string): never => {
    throw new AppError('unprocessable', message, { field });
  };
  const { width, name } = hook;
  if ('nComponents' in request && request.architecture !== 'nmf' && request.nComponents > width)
    refuse(
      'nComponents',
      `nComponents is ${request.nComponents}; ${name} has ${width} dimensions: ask for at most ${width}.`,
    );
  if (request.architecture === 'neurons' && (request.k ?? 1) > width)
    refuse('k', `k is ${request.k}; ${name} has ${width} dimensions: keep at most ${width}.`);
  if ((request.architecture === 'pca' || request.architecture === 'ica') && width > maxEigenWidth)
    refuse(
      'hookName',
      `${name} is ${width} wide; eigenvectors are found up to ${maxEigenWidth}. Choose a narrower hook.`,
    );
  if (request.architecture === 'ica' || request.architecture === 'nmf') checkSample(request, width);
  if (request.architecture === 'cav' && request.tcav && !hook.interventions)
    refuse(
      'hookName',
      `${name} can be read but not changed, and TCAV moves activations: choose hook_resid_pre or hook_resid_post, or leave tcav out.`,
    );
}

function checkSample(request: Extract<CreateDecomposition, { architecture: 'ica' | 'nmf' }>, width: number): void {
  const isSplit = request.architecture === 'nmf' && request.signs === 'split';
  const most = Math.floor(maxSampleValues / (isSplit ? 2 * width : width));
  if (request.nTokens > most)
    throw new AppError(
      'unprocessable',
      `nTokens is ${request.nTokens}; the sample is held in memory, which has room for ${most} activations of ${width} values${isSplit ? ' with their signs split' : ''}. Ask for at most ${most}.`,
      { field: 'nTokens' },
    );
}
