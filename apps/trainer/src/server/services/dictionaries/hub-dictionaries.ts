import { type HubDictionaryList, maxDictionaryTextBytes, maxDictionaryWeightBytes } from '@featurescope/contracts';
import type { HubFile } from '@featurescope/hub';
import { explainPickle, formatOf, isPickle } from '@featurescope/sae/dictionary-files';

/** A folder of a repository that holds a dictionary, and what of it is read. */
export interface HubDictionary {
  /** '' is the top. */
  path: string;
  format: HubDictionaryList['dictionaries'][number]['format'];
  files: HubFile[];
}

export interface HubDictionaries {
  dictionaries: HubDictionary[];
  refused: HubDictionaryList['refused'];
}

/** The dictionaries among a repository's files, by folder, as a directory of this machine would be read. */
export function dictionariesAmong(files: readonly HubFile[]): HubDictionaries {
  const folders = new Map<string, HubFile[]>();
  for (const file of files) {
    const folder = file.name.split('/').slice(0, -1).join('/');
    const inside = folders.get(folder);
    if (inside) inside.push(file);
    else folders.set(folder, [file]);
  }
  const found: HubDictionaries = { dictionaries: [], refused: [] };
  for (const path of [...folders.keys()].sort(byNumbers)) {
    const inside = folders.get(path) ?? [];
    const names = inside.map(nameOf);
    const format = formatOf(names);
    const pickle = names.find(isPickle);
    if (format) {
      const read: readonly string[] = [...format.needs, ...format.extras];
      const wanted = inside.filter((file) => read.includes(nameOf(file)));
      const reason = tooLong(wanted);
      if (reason === null) found.dictionaries.push({ path, format: format.format, files: wanted });
      else found.refused.push({ path, reason });
    } else if (pickle) found.refused.push({ path, reason: explainPickle(pickle) });
  }
  return found;
}

/** layer_2 before layer_10. */
const { compare: byNumbers } = new Intl.Collator('en', { numeric: true });

const nameOf = ({ name }: HubFile) => name.split('/').at(-1) ?? name;

/** Told before anything is downloaded: what would be refused after it. */
function tooLong(files: readonly HubFile[]): string | null {
  for (const { name, sizeBytes } of files) {
    const maxBytes = name.endsWith('.json') ? maxDictionaryTextBytes : maxDictionaryWeightBytes;
    if (sizeBytes > maxBytes) return `${name} has ${sizeBytes} bytes; at most ${maxBytes} are read.`;
  }
  return null;
}

export const totalBytes = (files: readonly HubFile[]) => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
