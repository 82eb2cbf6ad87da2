import { appendFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listForeignFiles } from './foreign-directory.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'featurescope-foreign-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it('lists plain files only, and reads them', async () => {
  await writeFile(path.join(directory, 'cfg.json'), '{}');
  await mkdir(path.join(directory, 'folder'));
  await symlink('/etc/passwd', path.join(directory, 'sae.safetensors'));
  const files = await listForeignFiles(directory);
  expect(files.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([['cfg.json', 2]]);
  expect(Buffer.from(await files[0].read()).toString()).toBe('{}');
});

it('follows links where it is told that they may lead, and nowhere else', async () => {
  await mkdir(path.join(directory, 'blobs'));
  await mkdir(path.join(directory, 'snapshot'));
  await writeFile(path.join(directory, 'blobs', 'abc'), '{}');
  await symlink('../blobs/abc', path.join(directory, 'snapshot', 'cfg.json'));
  await symlink('/etc/passwd', path.join(directory, 'snapshot', 'sae.safetensors'));
  await symlink('../blobs/gone', path.join(directory, 'snapshot', 'params.npz'));
  const snapshot = path.join(directory, 'snapshot');
  expect(await listForeignFiles(snapshot)).toEqual([]);
  const files = await listForeignFiles(snapshot, { linksInto: directory });
  expect(files.map(({ name }) => name)).toEqual(['cfg.json']);
  expect(Buffer.from(await files[0].read()).toString()).toBe('{}');
});

it('does not read a file that has changed since, or was replaced by a link', async () => {
  const file = path.join(directory, 'cfg.json');
  await writeFile(file, '{}');
  const [grown] = await listForeignFiles(directory);
  await appendFile(file, ' ');
  await expect(grown.read()).rejects.toThrow(/cfg\.json has changed since it was listed: it had 2 bytes and has 3/);
  await rm(file);
  await symlink('/etc/passwd', file);
  await expect(grown.read()).rejects.toThrow(/ELOOP/);
});

it('refuses a folder of a great many files, and one that is not there', async () => {
  await Promise.all(Array.from({ length: 1001 }, (_, i) => writeFile(path.join(directory, `${i}`), '')));
  await expect(listForeignFiles(directory)).rejects.toThrow(/has 1001 entries, more than 1000/);
  await expect(listForeignFiles(path.join(directory, 'missing'))).rejects.toThrow(/ENOENT/);
});
