import { findGguf } from './gguf/find-gguf.ts';
import { GgufFile } from './gguf/gguf-file.ts';
import { openTensors } from './open-tensors.ts';

/** The types that a model's weights are stored in, the one with the most bytes first. Reads headers alone.
 *  Throws ModelFormatError, naming file and tensor, for files that contradict themselves. */
export async function readWeightTypes(path: string): Promise<string[]> {
  const tensors = await openTensors(path);
  try {
    return [...tensors.bytesByType()].sort((a, b) => b[1] - a[1]).map(([type]) => type);
  } finally {
    await tensors.close();
  }
}

/** What a GGUF file says of its licence; null where it says nothing, or the path is no GGUF model. */
export async function readGgufLicence(path: string): Promise<string | null> {
  const file = await findGguf(path);
  if (file === null) return null;
  const gguf = await GgufFile.open(file);
  await gguf.close();
  const licence = gguf.metadata.get('general.license');
  return typeof licence === 'string' ? licence : null;
}
