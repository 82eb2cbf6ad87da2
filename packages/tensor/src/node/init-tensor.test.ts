import { beforeAll, expect, it } from 'vitest';
import type { BackendInfo } from '../backend-info.ts';
import { tf } from '../index.ts';
import { startTestBackend } from '../testing.ts';
import { initTensor } from './init-tensor.ts';
import { measureMatmul } from './measure-matmul.ts';

let info: BackendInfo;

beforeAll(async () => {
  info = await startTestBackend();
});

it('says which backend runs, its version, and why it is not the preferred one', async () => {
  expect(tf.getBackend()).toBe(info.name === 'wasm' ? 'wasm' : 'tensorflow');
  expect(info.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(info.threads).toBeGreaterThan(0);
  expect(info.reason === undefined).toBe(info.name !== 'wasm');
  expect(await initTensor()).toBe(info);
});

it('refuses to change the backend of a running process', async () => {
  await expect(initTensor({ backend: info.name === 'native' ? 'wasm' : 'native' })).rejects.toThrow(info.name);
});

it('multiplies with every combination of transposes', () => {
  const a = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const b = tf.tensor2d([1, 0, 2, -1, 3, 1], [3, 2]);
  const expected = [
    [14, 1],
    [32, 1],
  ];
  const [aT, bT] = [tf.transpose(a), tf.transpose(b)];
  expect(tf.matMul(a, b).arraySync()).toEqual(expected);
  expect(tf.matMul(aT, b, true, false).arraySync()).toEqual(expected);
  expect(tf.matMul(a, bT, false, true).arraySync()).toEqual(expected);
  expect(tf.matMul(aT, bT, true, true).arraySync()).toEqual(expected);
});

it('multiplies batches of matrices', () => {
  const a = tf.tensor3d([1, 2, 3, 4], [2, 1, 2]);
  const b = tf.tensor3d([1, 1, 2, 2], [2, 2, 1]);
  expect(tf.matMul(a, b).arraySync()).toEqual([[[3]], [[14]]]);
});

it('measures a rate', () => {
  expect(measureMatmul()).toBeGreaterThan(1);
});
