import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

/** What an id looks like: only these become part of a path. */
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The files of the product, below `<FEATURESCOPE_DATA>/store`. Every directory is named by an id that was made here;
 * names that a user gave never become part of a path.
 *   datasets/<id>/documents.jsonl · corpora/<id>/ · runs/<id>/{checkpoints,dictionary}/ · uploads/<id>/
 */
export class Store {
  readonly root: string;

  constructor(dataDirectory: string) {
    this.root = path.resolve(dataDirectory, 'store');
  }

  datasetDirectory(datasetId: string): string {
    return path.join(this.root, 'datasets', checkedId(datasetId));
  }

  corpusDirectory(corpusId: string): string {
    return path.join(this.root, 'corpora', checkedId(corpusId));
  }

  runDirectory(runId: string): string {
    return path.join(this.root, 'runs', checkedId(runId));
  }

  checkpointsDirectory(runId: string): string {
    return path.join(this.runDirectory(runId), 'checkpoints');
  }

  /** The SAELens directory: cfg.json and sae_weights.safetensors. */
  dictionaryDirectory(runId: string): string {
    return path.join(this.runDirectory(runId), 'dictionary');
  }

  /** Files of a dictionary that was uploaded and is not imported yet. */
  uploadDirectory(uploadId: string): string {
    return path.join(this.root, 'uploads', checkedId(uploadId));
  }

  /** The path of something below the root, as rows name it; stays valid when the data directory moves. */
  relative(absolutePath: string): string {
    return path.relative(this.root, absolutePath);
  }

  async create(): Promise<void> {
    await mkdir(this.root, { recursive: true });
  }

  /** No error when it is gone already. */
  async removeDataset(datasetId: string): Promise<void> {
    await rm(this.datasetDirectory(datasetId), { recursive: true, force: true });
  }

  async removeCorpus(corpusId: string): Promise<void> {
    await rm(this.corpusDirectory(corpusId), { recursive: true, force: true });
  }

  async removeUpload(uploadId: string): Promise<void> {
    await rm(this.uploadDirectory(uploadId), { recursive: true, force: true });
  }

  async removeRun(runId: string): Promise<void> {
    await rm(this.runDirectory(runId), { recursive: true, force: true });
  }
}

function checkedId(id: string): string {
  if (!idPattern.test(id)) throw new RangeError(`"${id}" is not an id of the store`);
  return id;
}
