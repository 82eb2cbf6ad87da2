import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CheckpointDirectory } from './checkpoints.ts';
import { readDictionary, writeDictionary } from './dictionaries.ts';

let root: string;
let checkpoints: CheckpointDirectory;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'featurescope-checkpoints-'));
  checkpoints = new CheckpointDirectory(path.join(root, 'checkpoints'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytesOf = (step: number) => Buffer.from(`weights at ${step}`);
const saveAll = async (...steps: number[]) => {
  for (const step of steps) await checkpoints.save(step, bytesOf(step), { cursor: { chunk: step } });
};

test('keeps the last two and returns the newest', async () => {
  expect(await checkpoints.latest()).toBeNull();
  await saveAll(5, 90, 1000);
  expect(await checkpoints.steps()).toEqual([1000, 90]);
  const latest = await checkpoints.latest();
  expect(Buffer.from(latest?.bytes ?? []).toString()).toBe('weights at 1000');
  expect(latest?.manifest).toMatchObject({ step: 1000, extra: { cursor: { chunk: 1000 } } });
  expect(readdirSync(checkpoints.directory)).toHaveLength(4);
});

test('a torn, a changed and a missing newest checkpoint are skipped for the one before', async () => {
  const damages: ((file: string) => void)[] = [
    (file) => truncateSync(file, 3),
    (file) => writeFileSync(file, 'weights at 9999'),
    (file) => rmSync(file),
    (file) => writeFileSync(file.replace('.safetensors', '.json'), '{"step": 20, "sha'),
  ];
  for (const damage of damages) {
    await saveAll(10, 20);
    damage(checkpoints.fileOf(20));
    expect((await checkpoints.latest())?.manifest.step).toBe(10);
  }
});

test('one checkpoint is read by its step, and only whole', async () => {
  await saveAll(10, 20);
  expect(Buffer.from((await checkpoints.read(10)) ?? []).toString()).toBe('weights at 10');
  expect(await checkpoints.read(15)).toBeNull();
  truncateSync(checkpoints.fileOf(10), 3);
  expect(await checkpoints.read(10)).toBeNull();
});

test('bytes without a manifest are not a checkpoint, and go with the next save', async () => {
  await saveAll(10);
  writeFileSync(checkpoints.fileOf(20), 'died before its manifest');
  writeFileSync(`${checkpoints.fileOf(30)}.tmp`, 'died while writing');
  expect((await checkpoints.latest())?.manifest.step).toBe(10);
  await saveAll(40);
  expect(readdirSync(checkpoints.directory).filter((name) => /20|30/.test(name))).toEqual([]);
});

test('a dictionary is replaced as a whole', async () => {
  const directory = path.join(root, 'dictionary');
  expect(await readDictionary(directory)).toBeNull();
  const sparsity = Buffer.from('sparsity');
  await writeDictionary(directory, {
    'cfg.json': '0',
    'sae_weights.safetensors': Buffer.from('0'),
    'sparsity.safetensors': sparsity,
  });
  expect((await readDictionary(directory))?.['sparsity.safetensors']).toEqual(sparsity);
  for (const version of ['1', '2'])
    await writeDictionary(directory, { 'cfg.json': version, 'sae_weights.safetensors': Buffer.from(version) });
  const files = await readDictionary(directory);
  expect(files?.['cfg.json']).toBe('2');
  expect(files?.['sparsity.safetensors']).toBeUndefined();
  expect(Buffer.from(files?.['sae_weights.safetensors'] ?? []).toString()).toBe('2');
  expect(readdirSync(root)).toEqual(['dictionary']);
});
