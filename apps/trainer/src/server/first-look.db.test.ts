import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readDocuments } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepareFirstLook } from './prepare-first-look.ts';
import { startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
let directory: string;
const { signal } = new AbortController();

beforeAll(async () => {
  server = await startTestServer();
  directory = path.join(server.dataDirectory, 'models', 'tiny');
  await mkdir(path.join(directory, 'dataset'));
  const parts = [
    [{ text: 'one', name: 'a', kind: 'novel', split: 'train', source: 'x' }],
    [{ text: 'two', name: 'b', kind: 'bible', split: 'heldout', source: 'y' }],
  ].map((documents, i) => ({ file: `part-${i}.jsonl.gz`, documents }));
  for (const { file, documents } of parts)
    await writeFile(
      path.join(directory, 'dataset', file),
      gzipSync(documents.map((d) => `${JSON.stringify(d)}\n`).join('')),
    );
  await writeFile(path.join(directory, 'dataset', 'dataset.json'), JSON.stringify({ name: 'mixture', parts }));
});
afterAll(() => server.close());

test('a new installation gets the bundled dataset and one run on it, a later start nothing more', async () => {
  await prepareFirstLook(server.context, { directory, demo: false, signal });
  expect(await server.db.prisma.run.count()).toBe(0);
  await prepareFirstLook(server.context, { directory, demo: true, signal });
  await prepareFirstLook(server.context, { directory, demo: true, signal });
  const [dataset] = await server.context.datasets.list();
  expect(dataset).toMatchObject({ name: 'mixture', status: 'ready', bundled: true, nDocuments: 2, nRuns: 1 });
  const documents = [];
  for await (const document of readDocuments(server.context.store.datasetDirectory(dataset.id)))
    documents.push(document);
  expect(documents).toEqual([
    { text: 'one', name: 'a', kind: 'novel', split: 'train' },
    { text: 'two', name: 'b', kind: 'bible', split: 'heldout' },
  ]);
  const runs = await server.context.runs.list();
  expect(runs).toMatchObject([{ demo: true, status: 'queued', nLatents: 2048, hookName: 'blocks.2.hook_resid_post' }]);
  expect(await server.queue.length()).toBe(1);
});

test('an import that is interrupted is begun again at the next start', async () => {
  await server.db.prisma.run.deleteMany();
  await server.db.prisma.dataset.deleteMany();
  const stopped = prepareFirstLook(server.context, { directory, demo: true, signal: AbortSignal.abort() });
  await expect(stopped).rejects.toThrow(/abort/i);
  expect(await server.db.prisma.run.count()).toBe(0);
  await server.context.datasets.removeUnfinished();
  await prepareFirstLook(server.context, { directory, demo: true, signal });
  expect(await server.context.datasets.list()).toMatchObject([{ status: 'ready', nDocuments: 2, nRuns: 1 }]);
});
