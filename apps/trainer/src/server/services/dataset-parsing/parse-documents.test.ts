import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { maxDocumentLength, type ParseOptions, parseDocuments } from './parse-documents.ts';
import { type LineLimits, readTextLines } from './text-lines.ts';

async function* inChunks(content: Buffer | string, sizeBytes: number) {
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += sizeBytes) yield bytes.subarray(start, start + sizeBytes);
}

async function parse(
  content: Buffer | string,
  options: Partial<ParseOptions> & { limits?: LineLimits; chunkBytes?: number } = {},
) {
  const lines = readTextLines(inChunks(content, options.chunkBytes ?? 3), options.limits);
  const documents = [];
  for await (const document of parseDocuments(lines, { format: 'txt', fileName: 'a.txt', field: 'text', ...options }))
    documents.push(document);
  return documents;
}

describe('plain text', () => {
  test('paragraphs are packed into documents of at most the maximal length, nothing is lost', async () => {
    const paragraphs = Array.from({ length: 30 }, (_, i) => `${i} ${'é'.repeat(900)}`);
    const documents = await parse(paragraphs.join('\r\n \r\n'), { chunkBytes: 1001 });
    expect(documents.map((document) => document.text).join('\n\n')).toBe(paragraphs.join('\n\n'));
    expect(documents.length).toBe(4);
    expect(Math.max(...documents.map((document) => document.text.length))).toBeLessThanOrEqual(maxDocumentLength);
    expect(documents[1]).toMatchObject({ name: 'a.txt · part 2', kind: 'text' });
  });

  test('a paragraph longer than a document is cut, never inside a character', async () => {
    const text = `${'x'.repeat(maxDocumentLength - 1)}${'🔬'.repeat(3000)}`;
    const documents = await parse(text, { chunkBytes: 7 });
    expect(documents.map((document) => document.text).join('')).toBe(text);
    for (const { text: part } of documents) expect(part).not.toMatch(/\p{Surrogate}/u);
  });

  test('a byte order mark is not part of the text', async () => {
    expect((await parse('\ufeffHello'))[0].text).toBe('Hello');
  });
});

describe('JSON lines', () => {
  test('the named field is the text; name and kind are taken over', async () => {
    const lines = ['{"body": "one", "name": "First", "kind": "note"}', '', '{"body": "two"}', '{"body": "  "}'];
    const documents = await parse(lines.join('\n'), { format: 'jsonl', field: 'body', fileName: 'd.jsonl' });
    expect(documents).toEqual([
      { text: 'one', name: 'First', kind: 'note' },
      { text: 'two', name: 'd.jsonl · line 3', kind: 'text' },
    ]);
  });

  test.each([
    ['a missing field', '{"text": "a"}\n{"txt": "b"}', /^Line 2: the object has no field "text"; its fields are: txt/],
    ['a field that is no text', '{"text": 5}', /^Line 1: the object holds number, not text, in "text"/],
    ['broken JSON', '{"text": "a"}\n\n{"text": ', /^Line 3: not valid JSON/],
    ['another JSON value', '["a"]', /^Line 1: not a JSON object/],
    ['NUL in an escape', '{"text": "a\\u0000"}', /^Line 1: "text" contains a NUL/],
    ['absurd nesting', `{"text": ${'['.repeat(100_000)}`, /^Line 1: nests deeper/],
  ])('%s is refused with its line', async (_name, content, message) => {
    await expect(parse(content, { format: 'jsonl', chunkBytes: 4096 })).rejects.toMatchObject({
      code: 'dataset_invalid',
      message: expect.stringMatching(message),
    });
  });
});

describe('any text', () => {
  const limits = { maxBytes: 64, maxLineBytes: 16 };
  test.each([
    ['bytes that are not UTF-8', Buffer.from([0x61, 10, 0xff, 0xfe, 0x41]), /^Line 2: not valid UTF-8/],
    ['a character cut off at the end', Buffer.from([0x61, 10, 0xc3]), /^Line 2: not valid UTF-8/],
    ['NUL', Buffer.from('a\nb\u0000'), /^Line 2: contains a NUL/],
    ['a line that is too long', Buffer.from(`ok\n${'x'.repeat(17)}`), /^Line 2: longer than 16 bytes/],
    ['gzip', gzipSync('hello'), /gzip file/],
    ['zip', Buffer.from('PK\u0003\u0004……'), /ZIP archive/],
    ['UTF-16', Buffer.from('\ufeffhello', 'utf16le'), /UTF-16/],
  ])('%s is refused', async (_name, content, message) => {
    await expect(parse(content, { limits, chunkBytes: 2 })).rejects.toMatchObject({
      code: 'dataset_invalid',
      message: expect.stringMatching(message),
    });
  });

  test('a tar archive is known by the middle of its first block', async () => {
    const tar = Buffer.alloc(512, 0x61);
    tar.write('ustar', 257);
    await expect(parse(tar)).rejects.toThrow(/tar archive/);
  });

  test('a file over the limit is cut off while it streams', async () => {
    await expect(parse('12345678\n'.repeat(10), { limits })).rejects.toMatchObject({ code: 'payload_too_large' });
  });
});
