import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { datasetListSchema, datasetSchema } from '@featurescope/contracts';
import { DocumentWriter, readDocuments } from '@featurescope/store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeLeftoverFiles } from './services/leftover-files.ts';
import { jsonHeaders, multipart, startTestServer, type TestServer } from './test-server.testing.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function upload(parts: [name: string, value: string | File][]) {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  return server.app.inject({ method: 'POST', url: '/api/datasets', ...(await multipart(form)) });
}
const file = (content: string | Uint8Array, name: string) => new File([content as BlobPart], name);
const stored = () => readdir(path.join(server.dataDirectory, 'store', 'datasets')).catch(() => []);

test('an upload becomes a dataset whose documents lie in the store', async () => {
  const lines = ['{"body": "One.", "kind": "note"}', '{"body": "Two."}'].join('\n');
  const response = await upload([
    ['name', 'Mine'],
    ['field', 'body'],
    ['file', file(lines, '../../etc/my notes.JSONL')],
  ]);
  expect(response.statusCode).toBe(201);
  const dataset = datasetSchema.parse(response.json());
  expect(dataset).toMatchObject({
    name: 'Mine',
    status: 'ready',
    format: 'jsonl',
    originalName: 'my notes.JSONL',
    nDocuments: 2,
  });
  expect(await stored()).toEqual([dataset.id]);
  const texts = [];
  for await (const document of readDocuments(server.context.store.datasetDirectory(dataset.id)))
    texts.push(document.text);
  expect(texts).toEqual(['One.', 'Two.']);
  const list = datasetListSchema.parse(
    (await server.app.inject({ url: '/api/datasets', headers: jsonHeaders })).json(),
  );
  expect(list.datasets.map(({ id }) => id)).toEqual([dataset.id]);
  const deleted = await server.app.inject({
    method: 'DELETE',
    url: `/api/datasets/${dataset.id}`,
    headers: jsonHeaders,
  });
  expect([deleted.statusCode, await stored()]).toEqual([204, []]);
});

test.each<[string, [string, string | File][], number, string]>([
  ['an empty file', [['file', file('', 'a.txt')]], 422, 'dataset_invalid'],
  ['a file of blank lines', [['file', file('\n \n', 'a.md')]], 422, 'dataset_invalid'],
  ['another ending', [['file', file('a', 'a.pdf')]], 422, 'dataset_invalid'],
  [
    'an archive under a text name',
    [['file', file(Uint8Array.of(0x50, 0x4b, 3, 4, 0), 'a.txt')]],
    422,
    'dataset_invalid',
  ],
  ['a missing field', [['file', file('{"txt": "a"}', 'a.jsonl')]], 422, 'dataset_invalid'],
  ['a line that is not UTF-8', [['file', file(Uint8Array.of(65, 10, 0xff), 'a.txt')]], 422, 'dataset_invalid'],
  ['no file', [['name', 'a']], 400, 'invalid_request'],
  [
    'a part of an unknown name',
    [
      ['colour', 'red'],
      ['file', file('a', 'a.txt')],
    ],
    400,
    'invalid_request',
  ],
  [
    'a name behind the file',
    [
      ['file', file('a', 'a.txt')],
      ['name', 'late'],
    ],
    400,
    'invalid_request',
  ],
  [
    'a field for plain text',
    [
      ['field', 'text'],
      ['file', file('a', 'a.txt')],
    ],
    400,
    'invalid_request',
  ],
])('%s is refused and leaves nothing', async (_name, parts, status, code) => {
  const response = await upload(parts);
  expect([response.statusCode, response.json().error.code]).toEqual([status, code]);
  expect([await stored(), await server.db.prisma.dataset.count()]).toEqual([[], 0]);
});

test('a dataset that a run uses stays', async () => {
  const { id } = (await upload([['file', file('Some text.', 'a.txt')]])).json();
  const runId = await server.context.runs.create({
    modelId: server.modelId,
    datasetId: id,
    hookName: 'blocks.2.hook_resid_post',
    architecture: 'standard',
    nLatents: 64,
    l1Coefficient: 1,
    nTokens: 10_000,
    batchSize: 100,
    learningRate: 0.001,
    seed: 1,
  });
  const remove = () => server.app.inject({ method: 'DELETE', url: `/api/datasets/${id}`, headers: jsonHeaders });
  expect((await remove()).json().error.code).toBe('conflict');
  expect((await server.app.inject({ url: `/api/datasets/${id}`, headers: jsonHeaders })).json().nRuns).toBe(1);
  await server.context.runs.delete(runId);
  expect((await remove()).statusCode).toBe(204);
});

test('a start clears up after interrupted uploads and imports', async () => {
  const id = crypto.randomUUID();
  await server.db.prisma.dataset.create({ data: { id, name: 'half', status: 'ingesting', format: 'jsonl' } });
  await DocumentWriter.create(server.context.store.datasetDirectory(id));
  await DocumentWriter.create(server.context.store.datasetDirectory(crypto.randomUUID()));
  await server.context.datasets.removeUnfinished();
  expect([await stored(), await server.db.prisma.dataset.count()]).toEqual([[], 0]);
});

test('an upload whose connection is cut leaves nothing, in the middle of the file and behind it', async () => {
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
  const text = 'Some words in a line.\n\n'.repeat(100_000);
  for (const body of [head + text, `${head + text}\r\n--b`]) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const lines = [
      'POST /api/datasets HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'content-type: multipart/form-data; boundary=b',
    ];
    socket.write([...lines, `content-length: ${body.length + 1000}`, '', body].join('\r\n'));
    while ((await stored()).length === 0) await sleep(5);
    socket.destroy();
    while ((await stored()).length > 0) await sleep(5);
    expect(await server.db.prisma.dataset.count()).toBe(0);
  }
});

test('a start removes the files of runs and datasets whose deletion was cut short, and no others', async () => {
  const { store } = server.context;
  const { id: datasetId } = (await upload([['file', file('Some text.', 'a.txt')]])).json();
  const corpusId = crypto.randomUUID();
  await server.db.prisma.tokenCorpus.create({
    data: { id: corpusId, datasetId, tokenizerHash: 't', contextSize: 8, nTokens: 1, nContexts: 1, nHeldOutTokens: 0 },
  });
  const runId = await server.context.runs.create({
    modelId: server.modelId,
    datasetId,
    hookName: 'blocks.2.hook_resid_post',
    architecture: 'standard',
    nLatents: 64,
    l1Coefficient: 1,
    nTokens: 10_000,
    batchSize: 100,
    learningRate: 0.001,
    seed: 1,
  });
  const justWritten = store.corpusDirectory(crypto.randomUUID());
  const kept = [store.runDirectory(runId), store.corpusDirectory(corpusId), justWritten];
  const orphaned = [store.runDirectory(crypto.randomUUID()), store.corpusDirectory(crypto.randomUUID())];
  for (const directory of [...kept, ...orphaned]) await mkdir(directory, { recursive: true });
  await utimes(orphaned[1], 0, 0);
  await removeLeftoverFiles(server.db, store);
  for (const directory of kept) expect(existsSync(directory)).toBe(true);
  for (const directory of orphaned) expect(existsSync(directory)).toBe(false);
  expect(await stored()).toEqual([datasetId]);
});
