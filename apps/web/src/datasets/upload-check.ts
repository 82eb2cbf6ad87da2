import { datasetFormats, maxDatasetBytes } from '@featurescope/contracts';

/** What is wrong with a file before a byte of it is sent; null when nothing is. */
export function fileProblem(name: string, sizeBytes: number): string | null {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  if (!datasetFormats.some((format) => format === extension))
    return `${name} is not a ${datasetFormats.map((format) => `.${format}`).join(', ')} file. Archives must be unpacked first.`;
  if (sizeBytes === 0) return `${name} is empty.`;
  if (sizeBytes > maxDatasetBytes) return `${name} is larger than 1 GiB. Split it into several files.`;
  return null;
}

export const isJsonLines = (name: string): boolean => name.toLowerCase().endsWith('.jsonl');
