import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { AppError } from '../../../app-error.ts';
import type { ChildMessage, DictionarySummary, WriteMessage } from '../../dictionary-child/messages.ts';

const childFile = path.join(import.meta.dirname, '../../dictionary-child/main.ts');
/** Gigabytes from a slow disk take minutes; nothing sensible takes longer. */
const timeoutMs = 600_000;

export interface OpenDictionary {
  summary: DictionarySummary;
  /** Writes the dictionary as a SAELens directory. metadata: over what its files say. */
  write(directory: string, metadata: WriteMessage['metadata']): Promise<void>;
}

/** Reads the dictionary in a directory in a process of its own, which holds its weights while `work` runs. location: the folders
 *  that some formats tell model and hook by. linksInto: where links among the files may lead, none by default. Throws AppError dictionary_invalid with what is wrong with the files. */
export async function openDictionary<R>(
  { directory, location, linksInto }: { directory: string; location: string; linksInto?: string },
  work: (dictionary: OpenDictionary) => Promise<R>,
): Promise<R> {
  const child = fork(childFile, [directory, location, ...(linksInto === undefined ? [] : [linksInto])], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const read = await nextMessage(child);
    if (read.type !== 'read') throw new Error(`The dictionary's process said "${read.type}" before it had read`);
    return await work({
      summary: read.summary,
      async write(target, metadata) {
        const message: WriteMessage = { type: 'write', directory: target, metadata };
        child.send(message);
        await nextMessage(child);
      },
    });
  } finally {
    clearTimeout(timer);
    if (child.connected) child.disconnect();
  }
}

function nextMessage(child: ChildProcess): Promise<Exclude<ChildMessage, { type: 'refused' }>> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onError);
    };
    const onMessage = (message: ChildMessage) => {
      settle();
      if (message.type === 'refused') reject(new AppError('dictionary_invalid', message.message, { field: 'source' }));
      else resolve(message);
    };
    const onExit = (code: number | null, signal: string | null) => {
      settle();
      if (signal === 'SIGKILL' || signal === 'SIGABRT')
        reject(
          new AppError(
            'dictionary_invalid',
            'The dictionary could not be read: it takes more memory or time than there is. Free memory, or use a smaller one.',
            { field: 'source' },
          ),
        );
      else reject(new Error(`The process that reads a dictionary ended with ${signal ?? `code ${code}`}`));
    };
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onError);
  });
}
