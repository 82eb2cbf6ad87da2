import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { type Dataset, type DatasetUploadFields, datasetFormats } from '@featurescope/contracts';
import {
  type Db,
  datasetIds,
  deleteDataset,
  deleteUnfinishedDatasets,
  findDataset,
  insertReadyDataset,
  listDatasets,
} from '@featurescope/db';
import { DocumentWriter, type Store } from '@featurescope/store';
import { AppError, notFound } from '../../app-error.ts';
import { datasetError } from './dataset-parsing/dataset-error.ts';
import { parseDocuments } from './dataset-parsing/parse-documents.ts';
import { readTextLines } from './dataset-parsing/text-lines.ts';
import { toDataset } from './dataset-view.ts';

export interface DatasetUpload {
  /** As the client named it: for display and for its ending, never a path. */
  fileName: string;
  fields: DatasetUploadFields;
  stream: Readable;
  /** Resolves when nothing follows the file; throws what is wrong with the request otherwise. */
  finish(): Promise<void>;
}

export class DatasetService {
  private readonly db: Db;
  private readonly store: Store;

  constructor(db: Db, store: Store) {
    this.db = db;
    this.store = store;
  }

  async list(): Promise<Dataset[]> {
    return (await listDatasets(this.db)).map(toDataset);
  }

  async get(id: string): Promise<Dataset> {
    const row = await findDataset(this.db, id);
    if (row === null) throw notFound('dataset', id);
    return toDataset(row);
  }

  /** Streams a file into the store; the dataset exists once all of it is there, and not at all when something is wrong. */
  async upload({ fileName, fields, stream, finish }: DatasetUpload): Promise<Dataset> {
    const originalName = displayName(fileName);
    const format = formatOf(originalName);
    if (format !== 'jsonl' && fields.field !== undefined)
      throw new AppError('invalid_request', `field is given, but ${originalName} is no .jsonl file. Leave it out.`, {
        field: 'field',
      });
    const id = randomUUID();
    const writer = await DocumentWriter.create(this.store.datasetDirectory(id));
    try {
      const lines = readTextLines(stream);
      const options = { format, fileName: originalName, field: fields.field ?? 'text' };
      for await (const document of parseDocuments(lines, options)) await writer.add(document);
      const contents = await writer.finish();
      if (contents.nDocuments === 0) throw datasetError('The file holds no text. Upload one that does.');
      await finish();
      const name = fields.name ?? path.parse(originalName).name;
      return toDataset(await insertReadyDataset(this.db, { id, name, format, originalName, bundled: false }, contents));
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }

  async delete(id: string): Promise<void> {
    const result = await deleteDataset(this.db, id);
    if (result === null) throw notFound('dataset', id);
    if (result === 'in_use')
      throw new AppError(
        'conflict',
        'The dataset is used by runs. Delete those runs first; they name it on their pages.',
      );
    await this.store.removeDataset(id.toLowerCase());
    for (const corpusId of result.corpusIds) await this.store.removeCorpus(corpusId);
  }

  /** Removes what interrupted uploads and imports left, in the database and in the store. */
  async removeUnfinished(): Promise<void> {
    await deleteUnfinishedDatasets(this.db);
    const known = await datasetIds(this.db);
    const directory = path.join(this.store.root, 'datasets');
    const present = await readdir(directory).catch(() => []);
    for (const id of present) if (!known.has(id)) await this.store.removeDataset(id).catch(() => {});
  }
}

/** The last part of a name, without characters that PostgreSQL refuses or that would disturb a line of text. */
function displayName(fileName: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const name = (fileName.split(/[/\\]/).at(-1) ?? '').replace(/[\u0000-\u001f\u007f]/g, '').slice(-200);
  return name === '' ? 'upload' : name;
}

function formatOf(fileName: string): Dataset['format'] {
  const ending = path.extname(fileName).slice(1).toLowerCase();
  const format = datasetFormats.find((known) => known === ending);
  if (format === undefined)
    throw datasetError(
      `"${fileName}" does not end in .txt, .md or .jsonl. Convert it, or give it the ending of its kind.`,
    );
  return format;
}
