import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setUpNativeTensorflow } from './native-tensorflow.mjs';

/** A tfjs-node whose installer counts its runs and fails, so that only the order and the memory of failures are seen. */
let base: string;
let lines: string[];
const searchPath = process.env.PATH;
const packageDirectory = () => path.join(base, 'packages/tensor/node_modules/@tensorflow/tfjs-node');
const attempts = () => (existsSync(path.join(base, 'attempts')) ? readFileSync(path.join(base, 'attempts')).length : 0);

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'featurescope native '));
  lines = [];
  for (const directory of ['scripts', 'dist', 'binding']) {
    mkdirSync(path.join(packageDirectory(), directory), { recursive: true });
  }
  writeFileSync(path.join(packageDirectory(), 'package.json'), '{"version":"4.22.0","main":"index.js"}');
  writeFileSync(path.join(packageDirectory(), 'binding.gyp'), '{}');
  const installer = `require('fs').appendFileSync(${JSON.stringify(path.join(base, 'attempts'))}, 'x');
    console.error('Error: 403 Forbidden'); process.exit(1);`;
  writeFileSync(path.join(packageDirectory(), 'scripts/install.js'), installer);
  mkdirSync(path.join(base, 'empty'));
  process.env.PATH = path.join(base, 'empty');
});
afterEach(() => {
  process.env.PATH = searchPath;
  rmSync(base, { recursive: true, force: true });
});

const setUp = (wanted?: string) =>
  setUpNativeTensorflow(
    {
      root: base,
      dataDirectory: path.join(base, 'data'),
      cacheDirectory: path.join(base, 'cache'),
      logFile: path.join(base, 'setup.log'),
      signal: new AbortController().signal,
      terminal: { say: (line) => lines.push(line), step: async (_title, work) => work(() => {}) },
    },
    wanted,
  );

test('without toolchain it falls back, says why in one line, and does not try again until asked or something changes', async () => {
  const first = await setUp();
  expect(first.backend).toBe('wasm');
  expect(first.line).toMatch(
    /portable fallback.*own installer: .*403 Forbidden.*wheel: needs python3 with pip, a C\+\+ compiler, make/,
  );
  expect(first.line).not.toContain('\n');
  expect(attempts()).toBe(1);

  const second = await setUp();
  expect(second.line).toMatch(/403 Forbidden.*FEATURESCOPE_TENSOR=native npm start tries again/);
  expect(attempts()).toBe(1);

  await setUp('native');
  expect(attempts()).toBe(2);

  // A compiler appears: worth another try.
  cpSync('/bin/sh', path.join(base, 'empty/sh'));
  writeFileSync(path.join(base, 'empty/c++'), '#!/bin/sh\necho a compiler\n', { mode: 0o755 });
  await setUp();
  expect(attempts()).toBe(3);
});

test('wasm is taken when it is asked for, and nothing is tried', async () => {
  expect(await setUp('wasm')).toMatchObject({
    backend: 'wasm',
    line: expect.stringContaining('FEATURESCOPE_TENSOR=wasm'),
  });
  expect(attempts()).toBe(0);
});

test('a binding that is there and loads is used; one that dies when it is loaded is not', async () => {
  const binding = path.join(packageDirectory(), 'lib/napi-v8/tfjs_binding.node');
  mkdirSync(path.dirname(binding), { recursive: true });
  writeFileSync(binding, '');
  writeFileSync(path.join(packageDirectory(), 'index.js'), `process.kill(process.pid, 'SIGILL')`);
  const dies = await setUp();
  expect(dies.backend).toBe('wasm');
  expect(dies.line).toMatch(/binding that was there does not load \(node died of SIGILL\)/);
  const working = `module.exports = { ones: () => {}, matMul: () => ({ dataSync: () => Array(6).fill(5) }), getBackend: () => 'tensorflow' };`;
  writeFileSync(path.join(packageDirectory(), 'index.js'), working);
  expect(await setUp()).toEqual({ backend: 'native', line: expect.stringContaining('which was there already') });
  // Known by now: not even loaded again.
  writeFileSync(path.join(packageDirectory(), 'index.js'), 'throw new Error("loaded again")');
  expect(await setUp()).toEqual({ backend: 'native' });
});
