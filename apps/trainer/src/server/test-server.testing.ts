import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDb, type Db } from '@featurescope/db';
import type { HubOptions } from '@featurescope/hub';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { ActivationPlace } from '../activations/activation-place.ts';
import { type Queue, startQueue } from '../queue.ts';
import { buildApp } from './app.ts';
import type { ServerContext } from './context.ts';
import { createContext } from './create-context.ts';
import { RequestGuard } from './request-guard.ts';
import { EventHub } from './websocket/event-hub.ts';

export const inferenceSecret = 'a secret of the tests';
const bundledModel = path.resolve(import.meta.dirname, '../../../../models/featurescope-tiny');

export interface TestServer {
  app: FastifyInstance;
  context: ServerContext;
  db: Db;
  queue: Queue;
  hub: EventHub;
  dataDirectory: string;
  modelId: string;
  close(): Promise<void>;
}

export interface TestServerOptions {
  inferenceUrls?: string[];
  /** Instead of a copy of the bundled model without its weights. */
  modelRoot?: string;
  guard?: Partial<ConstructorParameters<typeof RequestGuard>[0]>;
  webUrl?: string;
  /** Instead of the data directory, with a quota of 1 GB. */
  activations?: ActivationPlace;
  /** Instead of a hub that does not answer. */
  hub?: Partial<HubOptions>;
}

/** The real server on the test file's own database, without a worker and without inference. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const databaseUrl = process.env.DATABASE_URL as string;
  const dataDirectory = await mkdtemp(path.join(tmpdir(), 'featurescope-server-'));
  const modelRoot = options.modelRoot ?? path.join(dataDirectory, 'models');
  if (options.modelRoot === undefined) await copyModelWithoutWeights(path.join(modelRoot, 'tiny'));
  const log = pino({ level: 'silent' });
  const db = createDb(databaseUrl);
  const queue = await startQueue({ databaseUrl, onError: () => {} });
  const env = {
    dataDirectory,
    activations: options.activations ?? {
      directory: path.join(dataDirectory, 'store', 'activations'),
      bucket: null,
      quotaBytes: 1e9,
    },
    modelRoots: [modelRoot],
    dictionaryRoots: [path.join(dataDirectory, 'dictionaries')],
    bundledModelDirectory: path.join(modelRoot, options.modelRoot === undefined ? 'tiny' : 'featurescope-tiny'),
    hub: {
      endpoint: 'http://127.0.0.1:9',
      token: null,
      cacheDirectory: path.join(dataDirectory, 'hub'),
      ...options.hub,
    },
    inferenceUrls: options.inferenceUrls ?? [],
    inferenceSecret,
  };
  const context = createContext({ env, db, queue, log, version: '0.0.0' });
  const hub = new EventHub(db, log);
  hub.start();
  const guard = new RequestGuard({ host: '127.0.0.1', extraHosts: [], token: null, ...options.guard });
  const webUrl = options.webUrl ?? null;
  const app = await buildApp({ context, guard, hub, log, version: '0.0.0', webUrl, isDevelopment: false });
  const [model] = await context.models.list();
  return {
    app,
    context,
    db,
    queue,
    hub,
    dataDirectory,
    modelId: model.id,
    async close() {
      await Promise.all([app.close(), context.adder.close(), context.dictionaryDownloads.close()]);
      await hub.close();
      await queue.stop();
      await db.close();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** The server reads a model's configuration and tokenizer, hashes its weights and reads their header; never the tensors. */
async function copyModelWithoutWeights(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    await copyFile(path.join(bundledModel, file), path.join(directory, file));
  // A header of two bytes, "{}": no tensors.
  await writeFile(path.join(directory, 'model.safetensors'), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]));
}

export const jsonHeaders = { host: '127.0.0.1', 'content-type': 'application/json' };

/** A multipart body as browsers make it. */
export async function multipart(form: FormData): Promise<{ headers: Record<string, string>; payload: Buffer }> {
  const response = new Response(form);
  return {
    headers: { host: '127.0.0.1', 'content-type': response.headers.get('content-type') as string },
    payload: Buffer.from(await response.arrayBuffer()),
  };
}

/** A ready dataset without files. */
export async function insertTestDataset(db: Db, name = 'dataset'): Promise<string> {
  const id = crypto.randomUUID();
  await db.prisma.dataset.create({ data: { id, name, status: 'ready', format: 'jsonl', contentHash: 'hash' } });
  return id;
}
