import { mean } from './mean.ts';
import type { Scores } from './scores.ts';
import type { Trained, Trial } from './trial.ts';

/** Trials of one recipe, one a seed. */
export interface Line {
  name: string;
  scores: (Scores | Trained)[];
}

/** The lines that a recipe's trials make: ours, SAELens beside it, and the dictionary that training began with. */
export function linesOf(name: string, trials: Trial[], peerName: string): Line[] {
  const theirs = trials.flatMap((trial) => trial.theirs ?? []);
  return [
    { name, scores: trials.map(({ ours }) => ours) },
    ...(theirs.length > 0 ? [{ name: `↳ ${peerName}`, scores: theirs }] : []),
    { name: '↳ untrained', scores: trials.map(({ untrained }) => untrained) },
  ];
}

/** Markdown. Means over seeds, and in brackets the worst of them where it says more: the largest L0 and FVU, the least best match. */
export function tableOf(title: string, lines: Line[]): string {
  const head = ['', 'L0 (largest)', 'FVU (largest)', 'recovery', 'best match (least)', 'MCC', 'F1', 'seconds'];
  const body = lines.map(({ name, scores }) => {
    const of = (key: keyof Scores) => scores.map((score) => score[key]);
    const seconds = scores.map((score) => ('seconds' in score ? score.seconds : Number.NaN));
    return [
      name,
      `${mean(of('l0')).toFixed(2)} (${Math.max(...of('l0')).toFixed(2)})`,
      `${mean(of('fvu')).toFixed(4)} (${Math.max(...of('fvu')).toFixed(4)})`,
      mean(of('recovery')).toFixed(3),
      `${mean(of('bestMatch')).toFixed(3)} (${Math.min(...of('bestMatch')).toFixed(3)})`,
      mean(of('mcc')).toFixed(3),
      mean(of('f1')).toFixed(3),
      Number.isNaN(seconds[0]) ? '' : mean(seconds).toFixed(1),
    ];
  });
  const rows = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return [`### ${title}`, '', ...rows, ''].join('\n');
}

/** Differences from SAELens, seed by seed: what preset saelens is held to. */
export function pairedDifferences(trials: Trial[]): { mcc: number; f1: number; time: number } | null {
  const pairs = trials.flatMap(({ ours, theirs }) => (theirs ? [{ ours, theirs }] : []));
  if (pairs.length === 0) return null;
  return {
    mcc: mean(pairs.map(({ ours, theirs }) => ours.mcc - theirs.mcc)),
    f1: mean(pairs.map(({ ours, theirs }) => ours.f1 - theirs.f1)),
    time: mean(pairs.map(({ ours, theirs }) => ours.seconds / theirs.seconds)),
  };
}
