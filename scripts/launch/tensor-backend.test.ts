import { mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gpuLibrariesDirectory } from './cuda-libraries.mjs';
import { checkTensorChoice, setUpTensors } from './tensor-backend.mjs';
import { librariesDirectory } from './tensorflow-wheel.mjs';

/** A tfjs-node of a few lines, and libraries that are empty files: what is seen is which of them is chosen, and why. */
let base: string;
let said: string[];
const searchPath = process.env.PATH;
const packageDirectory = () => path.join(base, 'packages/tensor/node_modules/@tensorflow/tfjs-node');
const cacheDirectory = () => path.join(base, 'cache');

beforeEach(() => {
  base = mkdtempSync(path.join(tmpdir(), 'featurescope-tensor-'));
  said = [];
  for (const directory of ['scripts', 'dist', 'binding']) {
    mkdirSync(path.join(packageDirectory(), directory), { recursive: true });
  }
  writeFileSync(path.join(packageDirectory(), 'package.json'), '{"version":"4.22.0","main":"dist/index.js"}');
  writeFileSync(path.join(packageDirectory(), 'binding.gyp'), '{}');
  mkdirSync(path.join(base, 'bin'));
  process.env.PATH = path.join(base, 'bin');
  keepLibraries(librariesDirectory(cacheDirectory()));
  tfjsNode({ isUsingGpuDevice: false });
});
afterEach(() => {
  process.env.PATH = searchPath;
  rmSync(base, { recursive: true, force: true });
});

function keepLibraries(directory: string, parts: string[] = []) {
  for (const part of ['lib', ...parts.map((name) => `nvidia/${name}`)]) {
    mkdirSync(path.join(directory, part), { recursive: true });
  }
  for (const name of ['tensorflow_cc.so.2', 'tensorflow.so', 'tensorflow_framework.so.2', 'tensorflow_framework.so']) {
    writeFileSync(path.join(directory, 'lib', `lib${name}`), '');
  }
  writeFileSync(path.join(directory, 'tfjs_binding-4.22.0.node'), '');
}

const cudaParts = 'cublas cuda_cupti cuda_nvrtc cuda_runtime cudnn cufft cusolver cusparse nccl nvjitlink'.split(' ');
const keepGpuLibraries = () => keepLibraries(gpuLibrariesDirectory(cacheDirectory()), cudaParts);

function tfjsNode({ isUsingGpuDevice }: { isUsingGpuDevice: boolean }) {
  const index = `console.error('I0000 cudart_stub.cc:31] Could not find cuda drivers on your machine, GPU will not be used.');
    module.exports = { ones: () => {}, matMul: () => ({ dataSync: () => Array(6).fill(5) }),
      getBackend: () => 'tensorflow', backend: () => ({ isUsingGpuDevice: ${isUsingGpuDevice} }) };`;
  writeFileSync(path.join(packageDirectory(), 'dist/index.js'), index);
}

const nvidiaSmi = (answer: string) =>
  writeFileSync(path.join(base, 'bin/nvidia-smi'), `#!/bin/sh\necho "${answer}"\n`, { mode: 0o755 });

const setUp = (wanted?: string) =>
  setUpTensors(
    {
      root: base,
      dataDirectory: path.join(base, 'data'),
      cacheDirectory: cacheDirectory(),
      logFile: path.join(base, 'setup.log'),
      signal: new AbortController().signal,
      terminal: { say: (line) => said.push(line), step: async (_title, work) => work(() => {}) },
    },
    wanted,
  );
const linkedTo = () => readlinkSync(path.join(packageDirectory(), 'deps'));

test('another choice than native, wasm or gpu is refused with its value', () => {
  expect(() => checkTensorChoice('cuda')).toThrow(/"cuda".*native, wasm or gpu/);
  for (const choice of ['native', 'wasm', 'gpu', '', undefined]) checkTensorChoice(choice);
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('a GPU', () => {
  test('is offered to somebody who has not chosen, with its price, and to nobody else', async () => {
    expect((await setUp()).line).not.toContain('GPU');
    nvidiaSmi('NVIDIA H100, 550.54.15');
    expect((await setUp()).line).toMatch(
      /GPU \(NVIDIA H100, driver 550.54.15\): FEATURESCOPE_TENSOR=gpu npm start .* download of 3\.\d GB/,
    );
    expect(await setUp('native')).toEqual({ backend: 'native' });
    expect((await setUp('wasm')).line).not.toContain('NVIDIA');
  });

  test('that is asked for and computes is used, and given back when it is no longer asked for', async () => {
    nvidiaSmi('NVIDIA H100, 550.54.15');
    keepGpuLibraries();
    tfjsNode({ isUsingGpuDevice: true });
    expect(await setUp('gpu')).toEqual({ backend: 'gpu', line: expect.stringContaining('GPU: NVIDIA H100') });
    expect(linkedTo()).toBe(gpuLibrariesDirectory(cacheDirectory()));
    // Nothing is fetched, so nothing is said of a download.
    expect(said).toEqual([]);

    // Known by now: not even loaded again.
    writeFileSync(path.join(packageDirectory(), 'dist/index.js'), 'throw new Error("loaded again")');
    expect((await setUp('gpu')).backend).toBe('gpu');
    // Another driver is another matter.
    nvidiaSmi('NVIDIA H100, 570.1');
    expect((await setUp('gpu')).line).toMatch(/not used: TensorFlow does not load .*loaded again/);

    tfjsNode({ isUsingGpuDevice: false });
    expect((await setUp('native')).backend).toBe('native');
    expect(linkedTo()).toBe(librariesDirectory(cacheDirectory()));
  });

  test('that TensorFlow does not list is not used: the processor is, and the line says what TensorFlow said', async () => {
    nvidiaSmi('NVIDIA H100, 550.54.15');
    keepGpuLibraries();
    const { backend, line } = await setUp('gpu');
    expect(backend).toBe('native');
    expect(line).toMatch(/not used: TensorFlow lists no GPU \(Could not find cuda drivers.*\)\. Tensors run on native/);
    expect(line).not.toContain('\n');
    expect(linkedTo()).toBe(librariesDirectory(cacheDirectory()));
  });

  test('that is asked for where none answers costs no download', async () => {
    const { backend, line } = await setUp('gpu');
    expect(backend).toBe('native');
    expect(line).toMatch(/FEATURESCOPE_TENSOR=gpu asks for is not used: nvidia-smi is not on the PATH/);
    expect(said).toEqual([]);
  });

  test('whose libraries are missing names what their set-up lacks, after saying the size', async () => {
    nvidiaSmi('NVIDIA H100, 550.54.15');
    expect((await setUp('gpu')).line).toMatch(/not used: its binding needs python3 with pip, a C\+\+ compiler, make/);
    expect(said.join()).toMatch(/3\.\d GB into .*cuda/);
  });
});
