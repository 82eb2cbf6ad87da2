import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import type { BackendInfo } from '@featurescope/tensor';
import type { BenchReport, BenchRow } from './rows.ts';

export function reportOf(rows: BenchRow[], backend: BackendInfo): BenchReport {
  const cpus = os.cpus();
  return {
    machine: {
      cpu: cpus[0]?.model.trim() ?? 'unknown',
      cores: cpus.length,
      memoryGib: Math.round(os.totalmem() / 2 ** 30),
      loadAverage: os.loadavg()[0],
    },
    versions: {
      featurescope: packageVersion('../package.json'),
      node: process.version,
      tensor: `${backend.library} ${backend.version}, ${backend.threads} threads`,
      onnxruntime: packageVersion(
        createRequire(new URL('../packages/lm/package.json', import.meta.url)).resolve('onnxruntime-node/package.json'),
      ),
    },
    rows,
  };
}

function packageVersion(file: string): string {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).version;
}

/** Plain columns: figure, value, unit, and the peer that it was measured beside. */
export function tableOf(report: BenchReport): string {
  const { machine, versions, rows } = report;
  const lines = rows.map(({ name, value, unit, peer, peerValue, ratio }) => [
    name,
    formatted(value),
    unit,
    peer ? `${ratio?.toFixed(2)} × ${peer} (${formatted(peerValue ?? 0)})` : '',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column].length)));
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB, load ${machine.loadAverage.toFixed(1)}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    '',
    ...lines.map(([name, value, unit, peer]) =>
      `${name.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${unit.padEnd(widths[2])}  ${peer}`.trimEnd(),
    ),
  ].join('\n');
}

function formatted(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);
}
