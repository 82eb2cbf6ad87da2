import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../reference/saelens-directory.golden.json' with { type: 'json' };
import { Rng } from './rng.ts';
import { rowNorms } from './sae-weights.ts';
import { fromSaelensDirectory, toSaelensDirectory } from './saelens-directory.ts';
import { decodeSafetensors } from './safetensors.ts';
import { SparseAutoencoder } from './sparse-autoencoder.ts';

const [dModel, nLatents] = [4, 10];
const rng = Rng.fromSeed(8);
const draw = (n: number) => Float32Array.from({ length: n }, () => rng.normal());
const weights = {
  wEnc: draw(dModel * nLatents),
  wDec: draw(nLatents * dModel),
  bEnc: draw(nLatents),
  bDec: draw(dModel),
};
const config = { architecture: 'topk', dModel, nLatents, k: 3, applyBDecToInput: true } as const;
const metadata = {
  modelName: 'tiny',
  hookName: 'blocks.3.hook_resid_post',
  prependBos: true,
  contextSize: 256,
  datasetPath: 'mixture',
};

beforeAll(async () => {
  await startTestBackend();
});

it('returns what it wrote', () => {
  for (const architecture of ['topk', 'standard'] as const) {
    const written = { ...config, architecture, k: architecture === 'topk' ? 3 : undefined };
    const directory = toSaelensDirectory(written, weights, metadata);
    const read = fromSaelensDirectory(directory['cfg.json'], directory['sae_weights.safetensors']);
    expect(read).toEqual({ config: written, weights, metadata });
  }
});

it("uses SAELens' field and tensor names and orders", () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  expect(JSON.parse(directory['cfg.json'])).toEqual({
    architecture: 'topk',
    d_in: 4,
    d_sae: 10,
    dtype: 'float32',
    device: 'cpu',
    apply_b_dec_to_input: true,
    normalize_activations: 'none',
    reshape_activations: 'none',
    k: 3,
    rescale_acts_by_decoder_norm: false,
    metadata: {
      sae_lens_version: expect.stringMatching(/^6\./),
      model_name: 'tiny',
      hook_name: 'blocks.3.hook_resid_post',
      prepend_bos: true,
      context_size: 256,
      dataset_path: 'mixture',
    },
  });
  const { tensors } = decodeSafetensors(directory['sae_weights.safetensors']);
  const shapes = Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  expect(shapes).toEqual({ W_enc: [4, 10], W_dec: [10, 4], b_enc: [10], b_dec: [4] });
});

it('folds decoder norms where selection is by pre·‖d‖, and changes neither selection nor reconstruction', () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  const cfg = { ...JSON.parse(directory['cfg.json']), rescale_acts_by_decoder_norm: true };
  const { config: read, weights: folded } = fromSaelensDirectory(
    JSON.stringify(cfg),
    directory['sae_weights.safetensors'],
  );
  for (const norm of rowNorms(folded.wDec, dModel)) expect(norm).toBeCloseTo(1, 5);

  const rows = draw(6 * dModel);
  const plain = new SparseAutoencoder(config, weights);
  const sae = new SparseAutoencoder(read, folded);
  const pre = plain.preActs(rows, 6);
  const acts = sae.encodeSparse(rows, 6);
  const decoded = sae.decode(acts);
  for (let r = 0; r < 6; r++) {
    const key = Array.from({ length: nLatents }, (_, i) => pre[r * nLatents + i] * plain.decoderNorms[i]);
    const kept = key
      .map((_, i) => i)
      .sort((a, b) => key[b] - key[a])
      .slice(0, 3)
      .filter((i) => key[i] > 0);
    expect([...acts.indices.subarray(acts.rowOffsets[r], acts.rowOffsets[r + 1])]).toEqual(
      [...kept].sort((a, b) => a - b),
    );
    for (let j = 0; j < dModel; j++) {
      const expected = kept.reduce(
        (sum, i) => sum + pre[r * nLatents + i] * weights.wDec[i * dModel + j],
        weights.bDec[j],
      );
      expect(decoded[r * dModel + j]).toBeCloseTo(expected, 4);
    }
  }
  plain.dispose();
  sae.dispose();
});

it.each(Object.entries(golden))('reads what SAELens saved and computes what SAELens computes: %s', (_, saved) => {
  const bytes = Uint8Array.from(atob(saved.weightsBase64), (character) => character.charCodeAt(0));
  const { config: read, weights: loaded } = fromSaelensDirectory(saved.cfg, bytes);
  const sae = new SparseAutoencoder(read, loaded);
  const nRows = saved.rows.length / read.dModel;
  const acts = sae.encodeSparse(Float32Array.from(saved.rows), nRows);
  const dense = new Float32Array(nRows * read.nLatents);
  for (let r = 0; r < nRows; r++) {
    for (let e = acts.rowOffsets[r]; e < acts.rowOffsets[r + 1]; e++)
      dense[r * read.nLatents + acts.indices[e]] = acts.values[e];
  }
  const difference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
  // Both in float32, values up to about 20.
  expect(difference(dense, saved.acts)).toBeLessThan(2e-5);
  expect(difference(sae.decode(acts), saved.reconstruction)).toBeLessThan(5e-5);
  sae.dispose();
});

describe('refuses', () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  const cfg = JSON.parse(directory['cfg.json']);
  it.each([
    [{ architecture: 'gated' }, /architecture gated/],
    [{ normalize_activations: 'layer_norm' }, /normalize_activations layer_norm/],
    [{ reshape_activations: 'hook_z' }, /reshape_activations hook_z/],
    [{ d_sae: 11 }, /W_enc must have shape \[4,11\], but has \[4,10\]/],
    [{ d_in: -4 }, /d_in as a positive integer, but has -4/],
    [{ k: 11 }, /k 11, more than d_sae 10/],
  ])('%j', (change, message) => {
    expect(() =>
      fromSaelensDirectory(JSON.stringify({ ...cfg, ...change }), directory['sae_weights.safetensors']),
    ).toThrow(message);
  });

  it('a configuration that is not JSON', () => {
    expect(() => fromSaelensDirectory('cfg', directory['sae_weights.safetensors'])).toThrow(/not JSON/);
  });
});
