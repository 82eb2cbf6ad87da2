import { ModelFormatError } from '../errors.ts';
import type { GgufFile } from './gguf-file.ts';
import { ARCHITECTURE_NAMES, type ArchitectureNames } from './tensor-names.ts';

/** The file's architecture. Throws ModelFormatError naming those that are known. */
export function requireArchitecture(gguf: GgufFile): { name: string; names: ArchitectureNames } {
  const name = gguf.metadata.get('general.architecture');
  const names = typeof name === 'string' ? ARCHITECTURE_NAMES.get(name) : undefined;
  if (typeof name === 'string' && names) return { name, names };
  const known = [...ARCHITECTURE_NAMES.keys()].join(', ');
  throw new ModelFormatError(
    `${gguf.file}: "general.architecture" is ${JSON.stringify(name) ?? 'missing'}; supported are ${known}`,
    { file: gguf.file, key: 'general.architecture', value: name },
  );
}
