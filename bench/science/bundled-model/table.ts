import { mean } from '../mean.ts';
import type { Cell } from './cell.ts';

/** Markdown: a line for each dictionary, means over its seeds, and the range where they differ. */
export function modelTable(title: string, cells: Cell[]): string {
  const head = [
    '',
    'set by',
    'L0',
    'FVU',
    'CE recovered',
    'ΔCE, nats',
    'dead',
    'match between seeds',
    'pairs above .7',
  ];
  const body = cells.map(({ name, setting, scores, matches }) => [
    name,
    setting,
    range(
      scores.map(({ l0 }) => l0),
      1,
    ),
    range(
      scores.map(({ fvu }) => fvu),
      4,
    ),
    range(
      scores.map(({ ceRecovered }) => ceRecovered),
      4,
    ),
    range(
      scores.map(({ deltaCe }) => deltaCe),
      3,
    ),
    `${range(
      scores.map(({ deadShare }) => 100 * deadShare),
      1,
    )} %`,
    range(
      matches.map(({ meanCosine }) => meanCosine),
      3,
    ),
    `${range(
      matches.map(({ shareAbove }) => 100 * shareAbove),
      1,
    )} %`,
  ]);
  const rows = [head, head.map(() => '---'), ...body].map((line) => `| ${line.join(' | ')} |`);
  return [`### ${title}`, '', ...rows, ''].join('\n');
}

function range(values: number[], digits: number): string {
  const [least, most] = [Math.min(...values).toFixed(digits), Math.max(...values).toFixed(digits)];
  return least === most ? least : `${mean(values).toFixed(digits)} (${least}–${most})`;
}
