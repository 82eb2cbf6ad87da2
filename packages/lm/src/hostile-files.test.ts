import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LanguageModelError } from './errors.ts';
import { GgufFile } from './gguf/gguf-file.ts';
import { readModelConfig } from './model-config.ts';
import { byteMutations, jsonMutations, mutateBytes, mutateJson } from './mutations.testing.ts';
import { SafetensorsFile } from './safetensors-file.ts';
import { loadTokenizer } from './tokenizer.ts';

/** A fixed seed: the same files each time. `FUZZ_RUNS=100000 FUZZ_SEED=…` looks further. */
const options = { seed: Number(process.env.FUZZ_SEED ?? 1), numRuns: Number(process.env.FUZZ_RUNS ?? 250) };
const timeout = 60_000 + 20 * options.numRuns;

/** Text that needs nearly all single bytes of a vocabulary, and words for its merges. */
const EVERY_BYTE = `the sea's 12\n<|endoftext|>${String.fromCodePoint(...Array.from({ length: 0x2ff }, (_, i) => i))}🙂`;

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hostile-'));
});

afterAll(() => rm(directory, { recursive: true }));

/** A damaged file is either refused by an error of this package that names it, or read in full. */
async function expectRefusalOrSuccess(file: string, read: () => Promise<unknown>): Promise<void> {
  const started = performance.now();
  try {
    await read();
  } catch (error) {
    expect(error).toBeInstanceOf(LanguageModelError);
    expect((error as LanguageModelError).message).toContain(file);
  }
  // Far above what any takes, far below what an endless loop or a bomb would.
  expect(performance.now() - started).toBeLessThan(5_000);
}

async function readAllTensors(path: string): Promise<void> {
  const file = await (path.endsWith('.gguf') ? GgufFile.open(path) : SafetensorsFile.open(path));
  try {
    const entries = 'tensors' in file ? file.tensors : file.entries;
    for (const [name, { shape }] of entries) {
      const values = await file.read(name, shape);
      expect(values.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  } finally {
    await file.close();
  }
}

describe('a damaged file', () => {
  it.each(['quants.gguf', 'byte-level-vocabulary.gguf'])(
    'made from %s is refused or read, never more',
    async (name) => {
      const whole = await readFile(join(FIXTURES, 'gguf', name));
      const path = join(directory, name);
      await fc.assert(
        fc.asyncProperty(byteMutations, fc.constantFrom(400, whole.length), async (mutations, within) => {
          await writeFile(path, mutateBytes(whole, mutations, within));
          await expectRefusalOrSuccess(name, () => readAllTensors(path));
          await expectRefusalOrSuccess(name, () => loadTokenizer(path));
        }),
        options,
      );
    },
    timeout,
  );

  it(
    'made from a GGUF model gives a configuration or is refused',
    async () => {
      const name = 'mha-linear-bfloat16.gguf';
      const whole = await readFile(join(FIXTURES, 'gguf', name));
      const path = join(directory, name);
      await fc.assert(
        fc.asyncProperty(byteMutations, async (mutations) => {
          await writeFile(path, mutateBytes(whole, mutations, 1_200));
          await expectRefusalOrSuccess(name, () => readModelConfig(path));
        }),
        options,
      );
    },
    timeout,
  );

  it(
    'made from safetensors is refused or read, never more',
    async () => {
      const name = 'model.safetensors';
      const whole = await readFile(join(FIXTURES, 'mha-linear-bfloat16', name));
      const path = join(directory, name);
      const headerBytes = 8 + Number(whole.readBigUInt64LE());
      const header = JSON.parse(whole.toString('utf8', 8, headerBytes));
      await fc.assert(
        fc.asyncProperty(byteMutations, async (mutations) => {
          await writeFile(path, mutateBytes(whole, mutations, headerBytes));
          await expectRefusalOrSuccess(name, () => readAllTensors(path));
        }),
        options,
      );
      await fc.assert(
        fc.asyncProperty(jsonMutations, async (mutations) => {
          const json = Buffer.from(JSON.stringify(mutateJson(header, mutations)) ?? '');
          const length = Buffer.alloc(8);
          length.writeBigUInt64LE(BigInt(json.length));
          await writeFile(path, Buffer.concat([length, json, whole.subarray(headerBytes)]));
          await expectRefusalOrSuccess(name, () => readAllTensors(path));
        }),
        options,
      );
    },
    timeout,
  );

  it(
    'made from tokenizer.json encodes or is refused',
    async () => {
      const whole = await readFile(join(FIXTURES, 'gqa-tied/tokenizer.json'));
      const json = JSON.parse(whole.toString());
      const path = join(directory, 'tokenizer.json');
      const check = () =>
        expectRefusalOrSuccess('tokenizer.json', async () => {
          const tokenizer = await loadTokenizer(directory);
          const ids = tokenizer.encode(EVERY_BYTE);
          expect(tokenizer.vocabSize).toBeLessThanOrEqual(10_000_001);
          expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.vocabSize)).toBe(true);
          tokenizer.decode(ids);
        });
      await fc.assert(
        fc.asyncProperty(jsonMutations, async (mutations) => {
          await writeFile(path, JSON.stringify(mutateJson(json, mutations)) ?? '');
          await check();
        }),
        options,
      );
      await fc.assert(
        fc.asyncProperty(byteMutations, async (mutations) => {
          await writeFile(path, mutateBytes(whole, mutations));
          await check();
        }),
        options,
      );
    },
    timeout,
  );
});
