import { ModelFormatError } from '../errors.ts';
import type { GgufFile } from './gguf-file.ts';
import { ARCHITECTURE_NAMES, type ArchitectureNames } from './tensor-names.ts';

/** The file's architecture. Throws ModelFormatError naming those that are known, and for a part of a split model. */
export function requireArchitecture(gguf: GgufFile): { name: string; names: ArchitectureNames } {
  const name = gguf.metadata.get('general.architecture');
  const nParts = gguf.metadata.get('split.count');
  if (typeof nParts === 'number' && nParts > 1) {
    throw new ModelFormatError(
      `${gguf.file} is one of ${nParts} parts of a model; join them with llama.cpp's llama-gguf-split --merge`,
      { file: gguf.file, key: 'split.count' },
    );
  }
  const names = typeof name === 'string' ? ARCHITECTURE_NAMES.get(name) : undefined;
  if (typeof name === 'string' && names) return { name, names };
  const known = [...ARCHITECTURE_NAMES.keys()].join(', ');
  throw new ModelFormatError(
    `${gguf.file}: "general.architecture" is ${JSON.stringify(name) ?? 'missing'}; supported are ${known}`,
    { file: gguf.file, key: 'general.architecture', value: name },
  );
}
