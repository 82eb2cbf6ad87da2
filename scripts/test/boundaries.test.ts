import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cruise, type IConfiguration, type ICruiseResult } from 'dependency-cruiser';
import { afterEach, beforeEach, expect, test } from 'vitest';

const { forbidden, options }: IConfiguration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs');

/** The rules of the project on a small tree of its shape: each must fire on what it forbids, and on nothing else. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'featurescope-boundaries-'));
});
afterEach(() => rmSync(root, { recursive: true }));

async function brokenRules(files: Record<string, string>): Promise<string[]> {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const directories = [...new Set(Object.keys(files).map((file) => file.split('/')[0]))];
  const { output } = await cruise(directories, {
    ...options,
    tsConfig: undefined,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden },
  });
  return [...new Set((output as ICruiseResult).summary.violations.map((violation) => violation.rule.name))].sort();
}

const empty = 'export {};\n';

test('the layers as they are allowed', async () => {
  const files = {
    'packages/tensor/src/index.ts': empty,
    'packages/sae/src/index.ts': `import '../../tensor/src/index.ts';`,
    'packages/contracts/src/index.ts': empty,
    'packages/db/src/generated/client.ts': empty,
    'packages/db/src/index.ts': `import './generated/client.ts'; import '../../contracts/src/index.ts';`,
    'apps/trainer/src/services/runs.ts': `import '../../../../packages/db/src/index.ts';`,
    'apps/trainer/src/routes/runs.ts': `import '../services/runs.ts';`,
    'apps/web/src/lab/page.ts': `import '../../../../packages/sae/src/index.ts';`,
  };
  expect(await brokenRules(files)).toEqual([]);
});

test.each([
  ['layer-packages-sae', 'packages/sae/src/train.ts', 'packages/lm/src/index.ts'],
  ['layer-packages-contracts', 'packages/contracts/src/a.ts', 'packages/store/src/index.ts'],
  ['layer-packages-store', 'packages/store/src/a.ts', 'packages/db/src/index.ts'],
  ['layer-apps-trainer', 'apps/trainer/src/a.ts', 'apps/web/src/b.ts'],
  ['layer-apps-web', 'apps/web/src/a.ts', 'packages/db/src/index.ts'],
  ['layer-e2e', 'e2e/a.spec.ts', 'packages/db/src/index.ts'],
  ['web-runs-models-in-the-lab-only', 'apps/web/src/run/page.ts', 'packages/sae/src/index.ts'],
  ['generated-client-stays-in-db', 'apps/trainer/src/a.ts', 'packages/db/src/generated/client.ts'],
  ['server-never-runs-a-model', 'apps/trainer/src/server.ts', 'packages/lm/src/index.ts'],
  ['routes-use-services', 'apps/trainer/src/server/routes/runs.ts', 'packages/db/src/index.ts'],
  ['services-know-no-routes', 'apps/trainer/src/server/services/a.ts', 'apps/trainer/src/server/routes/b.ts'],
  ['no-tests-in-the-product', 'packages/lm/src/a.ts', 'packages/lm/src/b.test.ts'],
])('%s: %s may not import %s', async (rule, from, to) => {
  const specifier = path.relative(path.dirname(from), to);
  expect(await brokenRules({ [from]: `import '${specifier}';`, [to]: empty })).toContain(rule);
});

test('browser entry points reach no Node API, however indirectly', async () => {
  const files = {
    'packages/sae/src/index.ts': `import './trainer.ts';`,
    'packages/sae/src/trainer.ts': `import { readFileSync } from 'node:fs'; readFileSync('x');`,
  };
  expect(await brokenRules(files)).toContain('browser-safe');
});

test('modules in a circle, unless only their types are', async () => {
  const circle = { 'packages/lm/src/a.ts': `import './b.ts';`, 'packages/lm/src/b.ts': `import './a.ts';` };
  expect(await brokenRules(circle)).toEqual(['no-circular']);
  expect(await brokenRules({ ...circle, 'packages/lm/src/b.ts': `import type {} from './a.ts';` })).toEqual([]);
});
