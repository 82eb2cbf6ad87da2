import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeAtomic } from './atomic.ts';
import { DocumentWriter, readDocuments, type StoredDocument } from './datasets.ts';
import { Store } from './store.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-store-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const documents: StoredDocument[] = [
  { text: 'Line one\nline two \u2028 “é” \u{1f52c}', name: 'a.txt · part 1', kind: 'text' },
  { text: 'x'.repeat(700_000), name: 'long', kind: 'text', split: 'heldout' },
  { text: 'print(1)', name: 'c.py', kind: 'python' },
];

async function write(target: string) {
  const writer = await DocumentWriter.create(target);
  for (const document of documents) await writer.add(document);
  return writer.finish();
}

test('documents come back as they were written, with counts and a hash of the content', async () => {
  const target = path.join(directory, 'a');
  const summary = await write(target);
  const read: StoredDocument[] = [];
  for await (const document of readDocuments(target)) read.push(document);
  expect(read).toEqual(documents);
  expect(summary).toMatchObject({
    nDocuments: 3,
    kinds: [
      { kind: 'text', nDocuments: 2 },
      { kind: 'python', nDocuments: 1 },
    ],
    sample: documents[0].text,
  });
  expect((await write(path.join(directory, 'b'))).contentHash).toBe(summary.contentHash);
});

test('nothing has the final name before finish, and abort leaves nothing', async () => {
  const target = path.join(directory, 'c');
  const writer = await DocumentWriter.create(target);
  await writer.add(documents[0]);
  expect(existsSync(path.join(target, 'documents.jsonl'))).toBe(false);
  await writer.abort();
  expect(existsSync(target)).toBe(false);
});

test('an atomic write that fails keeps the old file and leaves no temporary one', async () => {
  const file = path.join(directory, 'd', 'cfg.json');
  await writeAtomic(file, 'old');
  async function* broken() {
    yield Buffer.from('half of the n');
    throw new Error('power cut');
  }
  await expect(writeAtomic(file, broken())).rejects.toThrow('power cut');
  expect(readdirSync(path.dirname(file))).toEqual(['cfg.json']);
});

test('only ids become paths', () => {
  const store = new Store(directory);
  expect(() => store.runDirectory('../../etc')).toThrow(RangeError);
});
