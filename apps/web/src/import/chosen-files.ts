/** A file as a browser gives it; of a folder that was chosen, with its path in there. */
export interface ChosenFile {
  name: string;
  size: number;
  webkitRelativePath?: string;
}

export interface DictionaryFiles<T extends ChosenFile> {
  files: T[];
  /** The folder they lay in, with slashes; '' where files were chosen one by one. */
  folder: string;
}

/** The files of one dictionary among those that were chosen, or what is wrong with them. Of a folder with several dictionaries none
 *  is guessed. Without any known file, all are sent, so that the server says what it makes of them. */
export function dictionaryFilesOf<T extends ChosenFile>(
  chosen: readonly T[],
  knownNames: readonly string[],
): DictionaryFiles<T> | string {
  if (chosen.length === 0) return 'There are no files.';
  const known = chosen.filter(({ name }) => knownNames.includes(name));
  const files = known.length > 0 ? known : chosen.slice(0, 1);
  const folders = [...new Set(files.map(folderOf))];
  if (folders.length > 1) return `There are dictionaries in ${listed(folders)}. Choose one of these folders.`;
  const empty = files.find(({ size }) => size === 0);
  if (empty) return `${empty.name} is empty.`;
  return { files, folder: folders[0] };
}

const folderOf = ({ webkitRelativePath = '' }: ChosenFile) => webkitRelativePath.split('/').slice(0, -1).join('/');

function listed(folders: string[]): string {
  const shown = folders.slice(0, 3).map((folder) => `“${folder}”`);
  return folders.length > 3 ? `${shown.join(', ')} and ${folders.length - 3} more folders` : shown.join(' and ');
}
