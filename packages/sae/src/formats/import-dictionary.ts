import { SaeFormatError } from '../errors.ts';
import { dictionaryFormats, explainPickle, formatOf, isPickle } from './dictionary-files.ts';
import { fromDictionaryLearning } from './dictionary-learning.ts';
import { fromGemmaScope, gemmaScopeTensors } from './gemma-scope.ts';
import type { LoadedDictionary } from './loaded-dictionary.ts';
import { decodeNpz } from './npz.ts';
import { fromSaelensDirectory } from './saelens-reader.ts';
import { fromSparsify } from './sparsify.ts';
import { readSafetensorsFile } from './tensor-file.ts';

/** A file of a directory, read when it is needed. */
export interface DictionaryFile {
  name: string;
  sizeBytes: number;
  read(): Promise<Uint8Array>;
}

export type DictionaryFormat = (typeof dictionaryFormats)[number]['format'];

export interface ImportedDictionary extends LoadedDictionary {
  format: DictionaryFormat;
  /** What was found, in a sentence. */
  found: string;
}

type Read = (directory: Directory, location: string) => Promise<LoadedDictionary>;
type FormatFiles = (typeof dictionaryFormats)[number];
type Title = FormatFiles['title'];

const readers: Record<Title, Read> = {
  'SAELens directory': async (directory) =>
    fromSaelensDirectory(await directory.text('cfg.json'), await directory.bytes('sae_weights.safetensors'), {
      sparsity: await directory.bytesIfThere('sparsity.safetensors'),
      activationScaler: await directory.textIfThere('activation_scaler.json'),
      activationWhitening: await directory.bytesIfThere('activation_whitening.safetensors'),
    }),
  'sparsify directory': async (directory, location) =>
    fromSparsify(
      await directory.text('cfg.json'),
      readSafetensorsFile('sae.safetensors', await directory.bytes('sae.safetensors')),
      location,
    ),
  'Gemma Scope dictionary': async (directory, location) =>
    fromGemmaScope(decodeNpz('params.npz', await directory.bytes('params.npz'), gemmaScopeTensors), location),
  'Gemma Scope 2 dictionary': async (directory, location) =>
    fromGemmaScope(readSafetensorsFile('params.safetensors', await directory.bytes('params.safetensors')), location),
  'dictionary_learning directory': async (directory) =>
    fromDictionaryLearning(
      await directory.text('config.json'),
      readSafetensorsFile('ae.safetensors', await directory.bytes('ae.safetensors')),
    ),
};

/** Reads somebody's dictionary: the format is known by the names of its files. location: the directory's last folders, which some
 *  formats tell the model and hook by. Pickles are never opened; where a directory has nothing else, the error says how to convert
 *  one. Throws SaeFormatError, which names what was found and what is missing, or the file and its fault. */
export async function importDictionary(files: readonly DictionaryFile[], location = ''): Promise<ImportedDictionary> {
  const directory = new Directory(files);
  const format = chooseFormat(files.map(({ name }) => name));
  const dictionary = await readers[format.title](directory, location.replaceAll('\\', '/').replace(/\/+$/, ''));
  return { format: format.format, found: describe(format, dictionary), ...dictionary };
}

function chooseFormat(names: string[]): FormatFiles {
  const format = formatOf(names);
  if (format) return format;
  const pickle = names.find(isPickle);
  if (pickle) throw new SaeFormatError(explainPickle(pickle));
  const known = dictionaryFormats.map(({ title, needs }) => `${needs.join(' and ')} (${title})`).join('; ');
  const found = names.length === 0 ? 'no files' : names.slice(0, 20).join(', ');
  throw new SaeFormatError(`No dictionary was found among ${found}. Readable are: ${known}`);
}

function describe({ title, needs }: FormatFiles, { config, metadata }: LoadedDictionary): string {
  const kind = config.transcoder ? `${config.architecture} transcoder` : config.architecture;
  const place = metadata.hookName ? `, of ${metadata.hookName}` : '';
  const model = metadata.modelName ? ` in ${metadata.modelName}` : '';
  return `A ${title} (${needs.join(', ')}): ${kind}, ${config.dModel} → ${config.nLatents} latents${place}${model}`;
}

/** A directory's files by name, with bounds on what is read of them. */
class Directory {
  private static readonly MAX_TEXT_BYTES = 2 ** 20;
  /** Beyond it no typed array holds a file in every browser and Node version. */
  private static readonly MAX_WEIGHT_BYTES = 2 ** 32 - 1;
  private readonly files: readonly DictionaryFile[];

  constructor(files: readonly DictionaryFile[]) {
    this.files = files;
  }

  async bytes(name: string): Promise<Uint8Array> {
    return this.readWithin(name, Directory.MAX_WEIGHT_BYTES);
  }

  async bytesIfThere(name: string): Promise<Uint8Array | undefined> {
    return this.has(name) ? this.bytes(name) : undefined;
  }

  async text(name: string): Promise<string> {
    const bytes = await this.readWithin(name, Directory.MAX_TEXT_BYTES);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw new SaeFormatError(`${name} is not UTF-8 text`, { cause: error });
    }
  }

  async textIfThere(name: string): Promise<string | undefined> {
    return this.has(name) ? this.text(name) : undefined;
  }

  private has(name: string): boolean {
    return this.files.some((file) => file.name === name);
  }

  private async readWithin(name: string, maxBytes: number): Promise<Uint8Array> {
    const file = this.files.find((candidate) => candidate.name === name);
    if (!file) throw new SaeFormatError(`${name} is missing`);
    if (file.sizeBytes > maxBytes)
      throw new SaeFormatError(`${name} has ${file.sizeBytes} bytes; at most ${maxBytes} are read`);
    return file.read();
  }
}
