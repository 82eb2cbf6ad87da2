import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type GenerateResponse, type PredictResponse, predictResponseSchema } from '@featurescope/contracts';
import { createDb, type Db } from '@featurescope/db';
import { loadModel } from '@featurescope/lm';
import { Store } from '@featurescope/store';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildInferenceApp } from '../inference/inference-app.ts';
import { inferenceSecret, startTestServer, type TestServer } from './test-server.testing.ts';

const modelRoot = path.resolve(import.meta.dirname, '../../../../models');
const dataDirectory = mkdtempSync(path.join(tmpdir(), 'featurescope-models-'));
const text = 'And the LORD said unto Moses,';
let db: Db;
let inference: FastifyInstance;
let server: TestServer;

beforeAll(async () => {
  db = createDb(process.env.DATABASE_URL as string);
  inference = await buildInferenceApp({
    ...{ db, store: new Store(dataDirectory), log: pino({ level: 'silent' }), secret: inferenceSecret },
    tensor: () => ({ name: 'native', library: '', threads: 1, matmulGflops: null, reason: null }),
  });
  const url = await inference.listen({ host: '127.0.0.1', port: 0 });
  server = await startTestServer({ modelRoot, inferenceUrls: [url] });
});
afterAll(async () => {
  await server.close();
  await inference.close();
  await db.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

async function post(action: string, body: object, id = server.modelId) {
  const response = await server.app.inject({
    method: 'POST',
    url: `/api/models/${id}/${action}`,
    headers: { host: '127.0.0.1', 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  return { status: response.statusCode, body: response.json() };
}

test('predicts the next tokens after each token, as the model’s own logits have it', async () => {
  const { status, body } = await post('predict', { text, topK: 3 });
  expect(status).toBe(200);
  const answer: PredictResponse = predictResponseSchema.parse(body);
  const model = await loadModel(path.join(modelRoot, 'featurescope-tiny'), { threads: 1 });
  const { vocabSize, bosTokenId } = model.config;
  expect(answer.tokenIds).toEqual([bosTokenId, ...model.tokenizer.encode(text)]);
  const seqLen = answer.tokenIds.length;
  expect(answer.texts.slice(1).join('')).toBe(text);
  const { logits } = await model.run(
    { tokenIds: Int32Array.from(answer.tokenIds), batch: 1, seqLen },
    { logits: 'all' },
  );
  const texts = Array.from({ length: vocabSize }, (_, id) => model.tokenizer.tokenText(id));
  await model.dispose();
  expect(answer.positions).toHaveLength(seqLen);
  answer.positions.forEach(({ top }, position) => {
    const row = Array.from(logits as Float32Array).slice(position * vocabSize, (position + 1) * vocabSize);
    const sorted = row.map((logit, tokenId) => ({ tokenId, logit })).sort((a, b) => b.logit - a.logit);
    expect(top.map(({ tokenId }) => tokenId)).toEqual(sorted.slice(0, 3).map(({ tokenId }) => tokenId));
    const normaliser = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    for (const { tokenId, text: shown } of top) expect(shown).toBe(texts[tokenId]);
    for (const { logit, logProbability } of top) expect(logProbability).toBeCloseTo(logit - normaliser, 5);
  });
});

test('takes token ids as they are', async () => {
  const { body } = await post('predict', { tokenIds: [0, 5, 9] });
  expect(body).toMatchObject({ tokenIds: [0, 5, 9], positions: { length: 3 } });
  expect(body.positions[0].top).toHaveLength(5);
});

test('continues a text from a seed, greedily the likeliest token each time', async () => {
  const greedy: GenerateResponse = (await post('generate', { text, nTokens: 8, temperature: 0 })).body;
  expect(greedy.tokenIds).toHaveLength(8);
  const [first] = (await post('predict', { text, topK: 1 })).body.positions.at(-1).top;
  expect(greedy.tokenIds[0]).toBe(first.tokenId);
  expect(greedy.logProbabilities[0]).toBeCloseTo(first.logProbability, 4);
  const drawn = async (seed: number) => (await post('generate', { text, nTokens: 8, seed })).body.tokenIds;
  expect(await drawn(1)).toEqual(await drawn(1));
  expect(await drawn(2)).not.toEqual(await drawn(1));
});

test.each([
  ['neither text nor tokens', 'predict', {}, 400, 'text'],
  ['both', 'predict', { text, tokenIds: [1] }, 400, 'text'],
  ['a token beyond the vocabulary', 'predict', { tokenIds: [1, 4096] }, 400, 'tokenIds'],
  ['too many tokens for the context', 'predict', { tokenIds: Array(257).fill(1) }, 422, 'tokenIds'],
  ['no room for what is to be written', 'generate', { tokenIds: Array(250).fill(1), nTokens: 7 }, 422, 'tokenIds'],
  ['too many predictions', 'predict', { text, topK: 101 }, 400, 'topK'],
  ['an unknown field', 'generate', { text, tokens: 3 }, 400, undefined],
])('refuses %s', async (_, action, request, status, field) => {
  const answer = await post(action, request);
  expect(answer.status).toBe(status);
  if (field) expect(answer.body.error.field).toBe(field);
});

test('answers 404 for a model that is not there', async () => {
  const { status, body } = await post('predict', { text }, '00000000-0000-4000-8000-000000000000');
  expect([status, body.error.code]).toEqual([404, 'not_found']);
});
