import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../seeded-random.ts';
import { initialParameters } from '../transformer/initialise.ts';
import { type ModelShape, parameterSlots } from '../transformer/shape.ts';
import { float16Bits } from './float16.ts';
import { huggingFaceTensors } from './hugging-face-llama.ts';
import { readExportedParameters } from './read-llama.ts';
import { writeFloat16Safetensors } from './safetensors.ts';

const shape: ModelShape = {
  vocabularySize: 7,
  dModel: 4,
  nLayers: 2,
  nHeads: 2,
  nKeyValueHeads: 1,
  dHead: 2,
  dFeedForward: 6,
  contextLength: 8,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
};

describe('float16Bits', () => {
  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65520, 0x7c00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [2 - 2 ** -12, 0x4000],
  ])('%d', (value, bits) => expect(float16Bits(value)).toBe(bits));
});

describe('exported weights', () => {
  it('come back as they were, to half precision', () => {
    const flat = initialParameters(shape, new SeededRandom(9));
    const path = join(mkdtempSync(join(tmpdir(), 'featurescope-export-')), 'model.safetensors');
    writeFloat16Safetensors(path, huggingFaceTensors(flat, shape));
    const back = readExportedParameters(path, shape);
    // Half precision keeps 11 significant bits.
    const worst = Math.max(
      ...flat.map((value, index) => Math.abs(back[index]! - value) / (Math.abs(value) * 2 ** -11 + 2 ** -25)),
    );
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('name query, key and value rows of the fused matrix', () => {
    const slot = parameterSlots(shape).find(({ name }) => name === '1.queryKeyValue')!;
    const flat = new Float32Array(initialParameters(shape, new SeededRandom(1)).length);
    // Row 3 of the input, column 5: the second key column.
    flat[slot.offset + 3 * 8 + 5] = 42;
    const keys = huggingFaceTensors(flat, shape).find(({ name }) => name === 'model.layers.1.self_attn.k_proj.weight')!;
    expect(keys.shape).toEqual([2, 4]);
    expect(keys.values[1 * 4 + 3]).toBe(42);
  });
});
