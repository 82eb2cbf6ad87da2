/**
 * The layers of the project: what each directory may import. Anything else between them fails `pnpm check`.
 * @type {Record<string, string[]>}
 */
const layers = {
  'packages/contracts': [],
  'packages/tensor': [],
  'packages/sae': ['packages/tensor'],
  'packages/lm': [],
  'packages/hub': [],
  'packages/interp': ['packages/sae', 'packages/lm', 'packages/tensor'],
  'packages/store': ['packages/contracts'],
  'packages/db': ['packages/contracts'],
  'apps/trainer': ['packages'],
  'apps/web': ['packages/contracts', 'packages/sae', 'packages/tensor'],
  e2e: ['packages/contracts'],
};

const inProject = '^(apps|packages|e2e|bench|scripts)/';
const tests = '\\.(test|spec)\\.tsx?$';
const nativePackages = 'node_modules/(@tensorflow/tfjs-node|onnxruntime-node|pg|pg-boss|@prisma)/';
const coreModules =
  '^(?:node:)?(?:assert|buffer|child_process|crypto|dns|fs|https?|module|net|os|path|process|stream|timers|tls|url|util|v8|vm|worker_threads|zlib)(?:/promises)?$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `layer-${layer.replace('/', '-')}`,
      comment: `${layer} may import ${allowed.join(', ') || 'no other part of the project'}.`,
      severity: 'error',
      from: { path: `^${layer}/` },
      to: { path: inProject, pathNot: [layer, ...allowed].map((name) => `^${name}/`) },
    })),
    {
      name: 'web-runs-models-in-the-lab-only',
      comment: 'Pages talk to the trainer over HTTP and websocket; only the Lab imports sae and tensor.',
      severity: 'error',
      from: { path: '^apps/web/', pathNot: '/lab/' },
      to: { path: '^packages/(sae|tensor)/' },
    },
    {
      name: 'generated-client-stays-in-db',
      comment: 'The generated Prisma client is used through the repositories of packages/db.',
      severity: 'error',
      from: { pathNot: '^packages/db/' },
      to: { path: '^packages/db/src/generated/|node_modules/@prisma/client/' },
    },
    {
      name: 'browser-safe',
      comment: 'These entry points are imported by browsers too: no native module and no Node API behind them.',
      severity: 'error',
      from: { path: '^packages/(contracts|tensor|sae)/src/index\\.ts$' },
      to: { path: [nativePackages, coreModules], reachable: true },
    },
    {
      name: 'server-never-runs-a-model',
      comment: 'The server answers HTTP; models run in the worker and in inference. It may use the tokenizer.',
      severity: 'error',
      from: { path: '^apps/trainer/src/server\\.ts$' },
      to: {
        path: 'node_modules/(@tensorflow/tfjs-node|onnxruntime-node)/|^packages/lm/src/index\\.ts$',
        reachable: true,
      },
    },
    {
      name: 'routes-use-services',
      comment: 'routes → services → repositories.',
      severity: 'error',
      from: { path: '^apps/trainer/src/.*routes/', pathNot: tests },
      to: { path: '^packages/db/' },
    },
    {
      name: 'services-know-no-routes',
      severity: 'error',
      from: { path: ['^apps/trainer/src/.*services/', '^packages/'] },
      to: { path: '^apps/trainer/src/.*routes/' },
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: inProject, pathNot: `${tests}|^e2e/` },
      to: { path: tests },
    },
    {
      name: 'no-circular',
      comment: 'Types may refer to each other; modules that run may not.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(\\.next|generated/internal|generated/models)/|next-env\\.d\\.ts' },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
