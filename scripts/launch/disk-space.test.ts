import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { diskSpaceProblem } from './disk-space.mjs';

const directory = path.join(tmpdir(), 'not', 'there', 'yet');

test('needs on one disk add up, and the message says what needs how much', () => {
  expect(diskSpaceProblem([{ what: 'packages', directory, bytes: 1 }])).toBeUndefined();
  const problem = diskSpaceProblem([
    { what: 'packages', directory, bytes: 2.2e9 },
    { what: 'pages', directory: tmpdir(), bytes: 1e18 },
  ]);
  expect(problem).toMatch(
    /Not enough free disk at .*: 1000000002\.2 GB are needed \(packages 2\.2 GB, pages .*\), .* free/,
  );
  expect(problem).toMatch(/FEATURESCOPE_DATA.*XDG_CACHE_HOME/);
});
