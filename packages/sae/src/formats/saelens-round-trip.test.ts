import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../reference/saelens-architectures.golden.json' with { type: 'json' };
import { architectures } from '../architectures/index.ts';
import { bytesOf, compute, type GoldenCase, worstDifference } from '../testing/golden-case.ts';
import { syntheticRows } from '../testing/synthetic-rows.ts';
import { SaeTrainer } from '../trainer.ts';
import type { Architecture } from '../training-config.ts';
import { type DictionaryFile, importDictionary } from './import-dictionary.ts';
import { type SaelensDirectory, toSaelensDirectory } from './saelens-writer.ts';

/** A Python with sae-lens 6.54.12. Without it this file tests nothing: the golden values then stand for SAELens. */
const python = process.env.FEATURESCOPE_SAELENS_PYTHON ?? '';
if (python === '')
  console.warn('Left out: the round trip through an installed SAELens; FEATURESCOPE_SAELENS_PYTHON names no Python.');
const cases = Object.entries(golden as Record<string, GoldenCase>);
/** float32 on both sides, sums of up to 32 products. */
const TOLERANCE = 1e-5;
const TIMEOUT_MS = 300_000;

interface Measured {
  architecture: string;
  acts: number[];
  decoded: number[];
  output: number[];
  sparsity?: number[];
}

async function runPython(script: string, args: string[]): Promise<string> {
  const file = path.join(import.meta.dirname, '../../reference', script);
  const { stdout } = await promisify(execFile)(python, [file, ...args], { maxBuffer: 2 ** 28 });
  return stdout;
}

function read(saved: Record<string, string>) {
  const files = Object.entries(bytesOf(saved)).map(
    ([name, bytes]): DictionaryFile => ({ name, sizeBytes: bytes.length, read: async () => bytes }),
  );
  return importDictionary(files);
}

/** What SAELens computes from written directories, by name. */
async function measureWithSaelens(
  written: Record<string, { directory: SaelensDirectory; rows: number[] }>,
): Promise<Record<string, Measured>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'featurescope-round-trip-'));
  try {
    for (const [name, { directory, rows }] of Object.entries(written)) {
      await mkdir(path.join(folder, name));
      const files = { ...directory, 'rows.json': JSON.stringify(rows) };
      for (const [file, content] of Object.entries(files)) await writeFile(path.join(folder, name, file), content);
    }
    return JSON.parse(await runPython('round_trip.py', [folder]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.skipIf(python === '')('with an installed SAELens', () => {
  beforeAll(async () => {
    await startTestBackend();
  });

  it(
    'what is written here computes the same there, for every architecture and option',
    async () => {
      const logDensity = Float32Array.from({ length: 32 }, (_, i) => -i / 4);
      const dictionaries = await Promise.all(cases.map(([, { files }]) => read(files)));
      const written = Object.fromEntries(
        dictionaries.map(({ config, weights, metadata }, i) => [
          `case-${i}`,
          { directory: toSaelensDirectory(config, weights, { ...metadata, logDensity }), rows: cases[i][1].rows },
        ]),
      );
      const measured = await measureWithSaelens(written);
      dictionaries.forEach((dictionary, i) => {
        const [name, { rows }] = cases[i];
        const here = compute(dictionary, Float32Array.from(rows));
        const there = measured[`case-${i}`];
        for (const part of ['acts', 'decoded', 'output'] as const)
          expect(worstDifference(here[part], there[part]), `${part} of ${name}`).toBeLessThan(TOLERANCE);
        expect(there.sparsity, name).toEqual([...logDensity]);
      });
      expect(new Set(Object.values(measured).map(({ architecture }) => architecture))).toEqual(
        new Set(
          ['standard', 'gated', 'jumprelu', 'topk', 'abstopk', 'matching_pursuit'].concat([
            'transcoder',
            'skip_transcoder',
            'jumprelu_transcoder',
            'jumprelu_skip_transcoder',
          ]),
        ),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'a dictionary of a run of any architecture and preset computes the same there',
    async () => {
      const metadata = { modelName: 'tiny', hookName: 'blocks.3.hook_resid_post', prependBos: true };
      const [dModel, nLatents, batchSize] = [16, 32, 64];
      const source = syntheticRows({ dModel, nTruths: 24, meanActive: 3, seed: 3 });
      const rows = source(10);
      const runs = (Object.keys(architectures) as Architecture[]).flatMap((architecture) =>
        (['featurescope', 'saelens'] as const).map((preset) => {
          const normalizeActivations = 'expectedAverageOnlyIn' as const;
          const config = { architecture, preset, normalizeActivations, dModel, nLatents, batchSize, nSteps: 20 };
          const trainer = SaeTrainer.create(
            { ...config, ...(architectures[architecture].competes ? { k: 4 } : {}) },
            source(batchSize),
          );
          for (let step = 0; step < 20; step++) trainer.step(source(batchSize));
          const run = {
            name: `${architecture}-${preset}`,
            config: trainer.inferenceConfig(),
            weights: trainer.weights(),
          };
          trainer.dispose();
          return run;
        }),
      );
      const measured = await measureWithSaelens(
        Object.fromEntries(
          runs.map(({ name, config, weights }) => [
            name,
            { directory: toSaelensDirectory(config, weights, metadata), rows: [...rows] },
          ]),
        ),
      );
      for (const run of runs) {
        const here = compute(run, rows);
        const there = measured[run.name];
        expect(there.acts.filter((value) => value > 0).length, run.name).toBeGreaterThan(10);
        expect(worstDifference(here.acts, there.acts), run.name).toBeLessThan(TOLERANCE);
        expect(worstDifference(here.decoded, there.decoded), run.name).toBeLessThan(TOLERANCE);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'what it saves now computes the same here',
    async () => {
      const saved: Record<string, GoldenCase> = JSON.parse(await runPython('saelens_architectures.py', []));
      expect(Object.keys(saved)).toEqual(cases.map(([name]) => name));
      for (const [name, { files, rows, ...there }] of Object.entries(saved)) {
        const here = compute(await read(files), Float32Array.from(rows));
        expect(worstDifference(here.acts, there.acts), `acts of ${name}`).toBeLessThan(TOLERANCE);
        expect(worstDifference(here.decoded, there.decoded), `decoded of ${name}`).toBeLessThan(TOLERANCE);
      }
    },
    TIMEOUT_MS,
  );
});
