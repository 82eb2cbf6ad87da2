import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentHash, openStamps } from './stamps.mjs';

let root: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'featurescope-stamps-'));
  write('web/page.tsx', 'one');
  write('package.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('the hash follows content, names and extra strings, not what is built, installed or tested', () => {
  const paths = ['web', 'package.json', 'not-there'];
  const before = contentHash(root, paths);
  expect(contentHash(root, paths)).toBe(before);
  for (const file of ['web/.next/BUILD_ID', 'web/node_modules/x/index.js', 'web/page.test.tsx']) write(file, 'x');
  expect(contentHash(root, paths)).toBe(before);
  expect(contentHash(root, paths, ['v22'])).not.toBe(before);
  write('web/page.tsx', 'two');
  const changed = contentHash(root, paths);
  expect(changed).not.toBe(before);
  write('not-there', '');
  expect(contentHash(root, paths)).not.toBe(changed);
});

test('content that moves between neighbouring files changes the hash', () => {
  write('web/a', 'xy');
  write('web/b', 'z');
  const before = contentHash(root, ['web']);
  write('web/a', 'x');
  write('web/b', 'yz');
  expect(contentHash(root, ['web'])).not.toBe(before);
});

test('a step is fresh for the hash it was last finished with, until it begins again', () => {
  const stamps = openStamps(root);
  expect(stamps.isFresh('web', 'a')).toBe(false);
  stamps.write('web', 'a');
  expect(openStamps(root).isFresh('web', 'a')).toBe(true);
  expect(stamps.isFresh('web', 'b')).toBe(false);
  expect(stamps.isFresh('client', 'a')).toBe(false);
  stamps.clear('web');
  expect(stamps.isFresh('web', 'a')).toBe(false);
});
