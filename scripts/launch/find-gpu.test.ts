import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findGpu } from './find-gpu.mjs';

const linux = { platform: 'linux', arch: 'x64' };
const searchPath = process.env.PATH;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'featurescope-gpu-'));
  process.env.PATH = directory;
});
afterEach(() => {
  process.env.PATH = searchPath;
  rmSync(directory, { recursive: true });
});

/** An nvidia-smi that is a shell script. */
const nvidiaSmi = (script: string) =>
  writeFileSync(path.join(directory, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });

test('the first GPU, how many there are, and the driver', () => {
  nvidiaSmi('echo "NVIDIA H100 80GB HBM3, 550.54.15"\necho "NVIDIA H100 80GB HBM3, 550.54.15"');
  expect(findGpu(linux)).toEqual({ name: 'NVIDIA H100 80GB HBM3', count: 2, driver: '550.54.15' });
});

test('a driver is old or new enough by number, not by text', () => {
  nvidiaSmi('echo "Tesla T4, 525.60.13"');
  expect(findGpu(linux)).toMatchObject({ driver: '525.60.13' });
  nvidiaSmi('echo "Tesla T4, 1000.1"');
  expect(findGpu(linux)).toMatchObject({ driver: '1000.1' });
  nvidiaSmi('echo "Tesla T4, 525.9.1"');
  expect(findGpu(linux)).toEqual({ problem: expect.stringMatching(/driver is 525\.9\.1.*525\.60 or later/) });
});

test('says why there is none: no driver, one that fails, one that names nothing, another machine', () => {
  expect(findGpu(linux)).toEqual({ problem: expect.stringContaining('nvidia-smi is not on the PATH') });
  nvidiaSmi('echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9');
  expect(findGpu(linux)).toEqual({ problem: expect.stringContaining('could not communicate') });
  nvidiaSmi('echo "No devices were found"');
  expect(findGpu(linux)).toEqual({ problem: expect.stringContaining('"No devices were found"') });
  expect(findGpu({ platform: 'linux', arch: 'arm64' })).toEqual({
    problem: expect.stringContaining('Linux x64 only, and this is linux arm64'),
  });
});
