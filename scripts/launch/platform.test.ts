import { expect, test } from 'vitest';
import { platformProblem, thisMachine } from './platform.mjs';

const machine = { version: 'v20.20.2', platform: 'linux', arch: 'x64', glibc: '2.36' };

test.each(['v20.19.0', 'v22.17.1', 'v24.0.0', 'v26.1.0'])('runs on Node %s', (version) => {
  expect(platformProblem({ ...machine, version })).toBeUndefined();
});

test.each(['v18.20.0', 'v20.18.3', 'v21.7.0', 'v22.16.0', 'v23.5.0'])(
  'refuses Node %s and names what is needed',
  (version) => {
    expect(platformProblem({ ...machine, version })).toContain('^20.19 || ^22.17 || >=24');
    expect(platformProblem({ ...machine, version })).toContain(version);
  },
);

test('runs on the three platforms and says so elsewhere', () => {
  expect(platformProblem({ ...machine, arch: 'arm64' })).toBeUndefined();
  expect(platformProblem({ ...machine, platform: 'darwin', arch: 'arm64', glibc: undefined })).toBeUndefined();
  expect(platformProblem({ ...machine, platform: 'darwin', arch: 'x64', glibc: undefined })).toContain('darwin x64');
  expect(platformProblem({ ...machine, platform: 'win32', glibc: undefined })).toContain('WSL');
  expect(platformProblem({ ...machine, glibc: undefined })).toContain('glibc');
});

test('runs here', () => {
  expect(platformProblem(thisMachine())).toBeUndefined();
});
