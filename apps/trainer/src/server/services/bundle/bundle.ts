import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Run } from '@featurescope/contracts';
import { type Db, findRunReading, type RunReading, readExportedFeatures } from '@featurescope/db';
import type { Store } from '@featurescope/store';
import { AppError, notFound } from '../../../app-error.ts';
import type { RunService } from '../runs.ts';
import type { Vocabularies } from '../vocabularies.ts';
import { bundleCard } from './bundle-card.ts';
import { dashboardBatch } from './dashboard-batch.ts';
import { exampleLines } from './example-lines.ts';
import type { ExampleSource } from './example-windows.ts';
import { featureParquet } from './feature-parquet.ts';
import { type TarEntry, tarArchive } from './tar-archive.ts';

/** Features in one file. A file is made in memory and in one go, which other requests wait for: some tenths of a second, 10 MB. */
const featuresPerParquet = 1024;
const featuresPerExampleFile = 256;

export interface BundleServiceOptions {
  db: Db;
  store: Store;
  runs: RunService;
  vocabularies: Vocabularies;
}

/** Runs as archives that others can use: weights, features, examples and a card. */
export class BundleService {
  private readonly options: BundleServiceOptions;

  constructor(options: BundleServiceOptions) {
    this.options = options;
  }

  /** The archive, made while it is read: everything, or the features as Neuronpedia takes them. Throws not_found, or conflict for a run
   *  without features. */
  async open(runId: string, content: 'bundle' | 'neuronpedia'): Promise<{ fileName: string; archive: Readable }> {
    const { db, runs, vocabularies } = this.options;
    const reading = await findRunReading(db, runId);
    if (reading === null) throw notFound('run', runId);
    const run = await runs.get(reading.id);
    if (reading.modelDirectory === null)
      throw new AppError(
        'unprocessable',
        `The run "${run.name}" is on synthetic data, which has no text to pack. Its weights can be downloaded one by one.`,
      );
    if (reading.nFeatures === 0 || reading.corpusId === null)
      throw new AppError('conflict', `The run "${run.name}" has no features yet. Wait until it is indexed.`);
    const vocabulary = await vocabularies.of(reading.modelDirectory);
    const source = {
      db,
      runId: reading.id,
      corpusId: reading.corpusId,
      vocabSize: reading.vocabSize,
      vocabulary,
    };
    const isBundle = content === 'bundle';
    const entries = isBundle
      ? this.entries(bundleCard(run), reading, source)
      : this.dashboards(run, reading.nFeatures, source);
    return {
      fileName: `${fileNameOf(run.name)}${isBundle ? '' : '-neuronpedia'}.tar`,
      archive: Readable.from(tarArchive(entries, new Date(run.finishedAt ?? run.createdAt)), { objectMode: false }),
    };
  }

  private async *entries(card: string, run: RunReading, source: ExampleSource): AsyncGenerator<TarEntry> {
    const { db, store } = this.options;
    yield entryOf('README.md', new TextEncoder().encode(card));
    for (const name of ['cfg.json', 'sae_weights.safetensors']) {
      const file = path.join(store.dictionaryDirectory(run.id), name);
      const { size } = await stat(file);
      yield { name, sizeBytes: size, content: createReadStream(file) };
    }
    for (let from = 0, part = 0; from < run.nFeatures; from += featuresPerParquet, part++) {
      const features = await readExportedFeatures(db, run.id, { from, limit: featuresPerParquet });
      yield entryOf(`features/${partName(part)}.parquet`, featureParquet(features, source.vocabulary));
    }
    for (let from = 0, part = 0; from < run.nFeatures; from += featuresPerExampleFile, part++) {
      const count = Math.min(featuresPerExampleFile, run.nFeatures - from);
      yield entryOf(`examples/${partName(part)}.jsonl`, await exampleLines(source, from, count));
    }
  }

  private async *dashboards(run: Run, nFeatures: number, source: ExampleSource): AsyncGenerator<TarEntry> {
    for (let from = 0, part = 0; from < nFeatures; from += featuresPerExampleFile, part++) {
      const count = Math.min(featuresPerExampleFile, nFeatures - from);
      yield entryOf(`batch-${part}.json`, await dashboardBatch(source, run, { from, count }));
    }
  }
}

const entryOf = (name: string, content: Uint8Array): TarEntry => ({ name, sizeBytes: content.length, content });
const partName = (part: number) => `part-${String(part).padStart(5, '0')}`;

/** A run's name as a file's: letters, digits and dashes. */
function fileNameOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return plain === '' ? 'run' : plain;
}
