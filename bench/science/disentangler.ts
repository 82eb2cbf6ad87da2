import { type DisentanglerConfig, type DisentanglerReport, runDisentangler } from '@featurescope/sae/toy';
import { mean } from './mean.ts';

const SEEDS = Array.from({ length: 10 }, (_, i) => 200 + i);

const settings: { name: string; config: Partial<DisentanglerConfig> }[] = [
  { name: 'TopK, k 1 (default)', config: {} },
  { name: 'TopK, k 2', config: { k: 2 } },
  { name: 'ReLU + L1', config: { architecture: 'standard', start: 'random' } },
];

/** The Lab's feature disentangler on points that nothing was trained on, as markdown: means over seeds, the worst of them in brackets. */
export function disentanglerTable(): string {
  const head = [
    '',
    'L0 (largest)',
    'FVU (largest)',
    'purity, worst latent (worst seed)',
    'classes (fewest)',
    'CPU seconds',
  ];
  const lines = settings.flatMap(({ name, config }) => {
    const runs = SEEDS.map((seed) => {
      const before = process.cpuUsage();
      const outcome = runDisentangler({ ...config, seed });
      const { user, system } = process.cpuUsage(before);
      return { ...outcome, seconds: (user + system) / 1e6 };
    });
    return [
      line(
        name,
        runs.map(({ trained }) => trained),
        mean(runs.map(({ seconds }) => seconds)).toFixed(1),
      ),
      line(
        '↳ untrained',
        runs.map(({ untrained }) => untrained),
        '',
      ),
      [
        '↳ class means alone',
        '',
        withWorst(
          runs.map(({ classMeansFvu }) => classMeansFvu),
          4,
          Math.max,
        ),
        '',
        '',
        '',
      ],
    ];
  });
  const rows = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`);
  return [`### Feature disentangler, seeds ${SEEDS.join(', ')}`, '', ...rows, ''].join('\n');
}

function line(name: string, reports: DisentanglerReport[], seconds: string): string[] {
  const of = (key: 'l0' | 'fvu' | 'worstPurity' | 'nClassesFound') => reports.map((report) => report[key]);
  return [
    name,
    withWorst(of('l0'), 2, Math.max),
    withWorst(of('fvu'), 4, Math.max),
    withWorst(of('worstPurity'), 3, Math.min),
    withWorst(of('nClassesFound'), 1, Math.min),
    seconds,
  ];
}

function withWorst(values: number[], digits: number, worst: (...values: number[]) => number): string {
  return `${mean(values).toFixed(digits)} (${worst(...values).toFixed(digits)})`;
}
