import { setPriority } from 'node:os';
import {
  type ImportedDictionary,
  importDictionary,
  SaeConfigError,
  SaeFormatError,
  toSaelensDirectory,
} from '@featurescope/sae';
import { ForeignDirectoryError, listForeignFiles, writeDictionary } from '@featurescope/store';
import { ShapeError } from '@featurescope/tensor';
import type { ChildMessage, WriteMessage } from './messages.ts';

/** The process that reads somebody's files: `main.ts <directory> <location> [where links may lead]`, forked by the server, which goes on answering
 *  meanwhile and outlives whatever gigabytes or damaged files do to this process. */
setPriority(10);
process.on('SIGINT', () => {});
// Nobody waits for the answer any more.
process.on('disconnect', () => process.exit(0));

const [directory, location, linksInto] = process.argv.slice(2);
const dictionary = await read();
if (dictionary) {
  const { config, format, found, metadata, notes } = dictionary;
  process.once('message', (message: WriteMessage) => void write(dictionary, message));
  send({ type: 'read', summary: { config, format, found, metadata, notes } });
}

async function read(): Promise<ImportedDictionary | null> {
  try {
    return await importDictionary(await listForeignFiles(directory, { linksInto }), location);
  } catch (error) {
    const message = refusalOf(error);
    if (message === null) throw error;
    send({ type: 'refused', message });
    return null;
  }
}

/** What is wrong with the files; null for what is wrong with this program. */
function refusalOf(error: unknown): string | null {
  const refusals = [SaeFormatError, SaeConfigError, ShapeError, ForeignDirectoryError];
  if (refusals.some((kind) => error instanceof kind)) return (error as Error).message;
  // "Array buffer allocation failed"
  if (error instanceof RangeError)
    return `It takes more memory than there is (${error.message}). Free some, then try again.`;
  return null;
}

async function write(
  { config, weights, metadata, logDensity }: ImportedDictionary,
  message: WriteMessage,
): Promise<void> {
  const files = toSaelensDirectory(config, weights, { ...metadata, ...message.metadata, logDensity });
  await writeDictionary(message.directory, files);
  send({ type: 'written' });
}

function send(message: ChildMessage): void {
  process.send?.(message);
}
