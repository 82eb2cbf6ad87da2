import { describe, expect, it } from 'vitest';
import { architectureLabel } from './architecture-label.ts';
import { architectureColumns, architectures } from './architectures.ts';
import { type CreateRun, createRunSchema } from './runs.ts';
import { createSweepSchema, runsOfSweep } from './sweeps.ts';

const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const shared = {
  modelId: id,
  hookName: 'hook',
  datasetId: id,
  nTokens: 1e6,
  batchSize: 512,
  learningRate: 1e-3,
  seed: 1,
};
const choices = {
  topk: { k: 16 },
  batchtopk: { k: 16 },
  matryoshka: { k: 16, prefixes: [64, 512] },
  jumprelu: { targetL0: 16 },
  gated: { l1Coefficient: 0.5 },
  standard: { l1Coefficient: 0.5 },
} as const;
const issuesOf = (choice: object) =>
  createRunSchema
    .safeParse({ ...shared, nLatents: 512, ...choice })
    .error?.issues.map(({ path, message }) => [path.join('.'), message]) ?? [];
const labelOf = (choice: object) => {
  const run: CreateRun = createRunSchema.parse({ ...shared, nLatents: 512, ...choice });
  return architectureLabel({ architecture: run.architecture, ...architectureColumns(run) });
};

it.each(architectures)('%s takes its own fields, and no other architecture’s', (architecture) => {
  const own = { architecture, ...choices[architecture] };
  expect(issuesOf(own)).toEqual([]);
  expect(issuesOf({ ...own, preset: 'saelens' })).toEqual([]);
  const foreign = Object.entries({
    k: 4,
    prefixes: [4, 512],
    l1Coefficient: 1,
    targetL0: 4,
    sparsityLoss: 'quadratic',
  });
  for (const [field, value] of foreign) {
    const takes = issuesOf({ ...own, [field]: value }).length === 0;
    const uses = {
      k: ['topk', 'batchtopk', 'matryoshka'],
      prefixes: ['matryoshka'],
      l1Coefficient: ['gated', 'standard'],
    }[field] ?? ['jumprelu'];
    expect([field, takes]).toEqual([field, uses.includes(architecture)]);
  }
});

describe('what does not go together is named', () => {
  it.each([
    [{ architecture: 'batchtopk', k: 600 }, 'k', /600.*512/],
    [{ architecture: 'matryoshka', k: 4, prefixes: [64, 64, 512] }, 'prefixes', /64 after 64/],
    [{ architecture: 'matryoshka', k: 4, prefixes: [64, 256] }, 'prefixes', /ends with 256.*512/],
    [{ architecture: 'jumprelu' }, 'l0Coefficient', /needed with sparsityLoss step/],
    [{ architecture: 'jumprelu', sparsityLoss: 'quadratic', l0Coefficient: 1 }, 'targetL0', /needed/],
    [{ architecture: 'jumprelu', sparsityLoss: 'tanh', l0Coefficient: 1, targetL0: 9 }, 'targetL0', /is 9.*tanh/],
    [{ architecture: 'jumprelu', targetL0: 600 }, 'targetL0', /600.*512/],
  ])('%o', (choice, field, message) => {
    const issues = issuesOf(choice);
    expect(issues.map(([path]) => path)).toEqual([field]);
    expect(issues[0][1]).toMatch(message);
  });
});

it('says architecture and options in a few words', () => {
  expect(architectures.map((architecture) => labelOf({ architecture, ...choices[architecture] }))).toEqual([
    'TopK, k 16',
    'BatchTopK, k 16',
    'Matryoshka, k 16, prefixes 64/512',
    'JumpReLU, target L0 16',
    'Gated, λ 0.5',
    'ReLU + L1, λ 0.5',
  ]);
  expect(labelOf({ architecture: 'jumprelu', sparsityLoss: 'tanh', l0Coefficient: 2 })).toBe('JumpReLU, tanh λ 2');
  const imported = { k: null, l1Coefficient: null, architectureOptions: {} };
  expect(architectureLabel({ architecture: 'standard', ...imported })).toBe('ReLU');
  expect(architectureLabel({ architecture: 'gated', ...imported })).toBe('Gated');
});

it('a sweep takes several architectures, and tells the same one twice whatever is left to defaults', () => {
  const variants = architectures.map((architecture) => ({ architecture, nLatents: 512, ...choices[architecture] }));
  const runs = runsOfSweep(createSweepSchema.parse({ ...shared, variants }));
  expect(new Set(runs.map(({ name }) => name)).size).toBe(architectures.length);
  expect(runs.map((run) => createRunSchema.parse(run).architecture)).toEqual(architectures);
  const twice = createSweepSchema.safeParse({
    ...shared,
    variants: [variants[3], { ...variants[3], sparsityLoss: 'quadratic', preset: 'featurescope' }],
  });
  expect(twice.error?.issues.map(({ path }) => path)).toEqual([['variants', 1]]);
  const broken = createSweepSchema.safeParse({
    ...shared,
    variants: [variants[0], { ...variants[2], prefixes: [9, 4] }],
  });
  expect(broken.error?.issues[0].path).toEqual(['variants', 1, 'prefixes']);
});
