import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkDiskSpace } from './disk-space.mjs';

const directory = path.join(tmpdir(), 'not', 'there', 'yet');

test('needs on one disk add up, and both messages say what needs how much', () => {
  const packages = { what: 'packages', directory, bytes: 2.2e9 };
  const little = checkDiskSpace([{ ...packages, bytes: 2e6 }]);
  expect(little.problem).toBeUndefined();
  expect(little.summary).toMatch(/^2 MB of disk at .* \(packages 2 MB\); [\d.]+ [GM]B are free$/);
  const { problem } = checkDiskSpace([packages, { what: 'pages', directory: tmpdir(), bytes: 1e18 }]);
  expect(problem).toMatch(
    /Not enough free disk.* 1000000002\.2 GB of disk at .* \(packages 2\.2 GB, pages .*\); .* are free/,
  );
  expect(problem).toMatch(/FEATURESCOPE_DATA.*XDG_CACHE_HOME.*FEATURESCOPE_TENSOR=wasm/);
});
