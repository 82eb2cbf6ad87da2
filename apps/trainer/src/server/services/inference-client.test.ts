import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createInferenceClient } from './inference-client.ts';

/** Stands where an inference process would: what is tested is the client's side of the wire. */
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['x-featurescope-secret']}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});
beforeEach(() => {
  asked = [];
});

const respond = (status: number, body: unknown, headers: Record<string, string> = {}) => {
  answer = (_request, response) => {
    response.writeHead(status, headers);
    response.end(JSON.stringify(body));
  };
};

const closed = 'http://127.0.0.1:1';
const tensor = { name: 'native', library: 'x', threads: 2, matmulGflops: 90, reason: null };

test('asks with the secret, and asks the next process when one does not answer', async () => {
  respond(200, { tensor });
  const client = createInferenceClient([closed, url], 'secret');
  expect(await client.tensorBackend()).toEqual(tensor);
  expect(asked).toEqual(['GET /health secret']);
});

test('a refusal keeps its code and is not asked of another process', async () => {
  respond(422, { error: { code: 'prompt_too_long', message: 'Too long.', field: 'text' } });
  const client = createInferenceClient([url, url], 'secret');
  await expect(client.activations({ runId: 'r', text: 't' })).rejects.toMatchObject({
    code: 'prompt_too_long',
    field: 'text',
  });
  expect(asked).toHaveLength(1);
});

test('a redirect is not followed, and an answer of another kind is none', async () => {
  const client = createInferenceClient([url], 'secret');
  respond(302, {}, { location: `${url}/elsewhere` });
  await expect(client.startSteering({ experimentId: 'e' })).rejects.toMatchObject({ code: 'inference_unavailable' });
  expect(asked).toEqual(['POST /steering secret']);
  respond(500, 'stack trace');
  await expect(client.explain({ runId: 'r', featureIndex: 0 })).rejects.toMatchObject({
    code: 'inference_unavailable',
  });
  respond(200, { tensor: 'none' });
  expect(await client.tensorBackend()).toBeNull();
});
