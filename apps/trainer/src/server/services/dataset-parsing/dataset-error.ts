import { AppError } from '../../../app-error.ts';

/** A file that cannot become a dataset; the message names the line where there is one. */
export function datasetError(message: string, lineNumber?: number): AppError {
  return new AppError('dataset_invalid', lineNumber === undefined ? message : `Line ${lineNumber}: ${message}`, {
    field: 'file',
  });
}
