import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../reference/saelens-directory.golden.json' with { type: 'json' };
import { Rng } from '../rng.ts';
import { rowNorms } from '../sae-weights.ts';
import { decodeSafetensors, encodeSafetensors } from '../safetensors.ts';
import { SparseAutoencoder } from '../sparse-autoencoder.ts';
import { fromSaelensDirectory } from './saelens-reader.ts';
import { toSaelensDirectory } from './saelens-writer.ts';

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
    expect(read).toEqual({ config: written, weights, metadata, notes: [] });
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

it('writes and reads how often latents fire', () => {
  const logDensity = draw(nLatents);
  const directory = toSaelensDirectory(config, weights, { ...metadata, logDensity });
  const { tensors } = decodeSafetensors(directory['sparsity.safetensors'] ?? new Uint8Array());
  expect(Object.keys(tensors)).toEqual(['sparsity']);
  const sparsity = directory['sparsity.safetensors'];
  const read = fromSaelensDirectory(directory['cfg.json'], directory['sae_weights.safetensors'], { sparsity });
  expect(read.logDensity).toEqual(logDensity);
});

it('says when the scale of the input is in none of the files', () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  const cfg = { ...JSON.parse(directory['cfg.json']), normalize_activations: 'expected_average_only_in' };
  const read = fromSaelensDirectory(JSON.stringify(cfg), directory['sae_weights.safetensors']);
  expect(read.notes).toEqual([expect.stringMatching(/expected_average_only_in.* rows are encoded as they are/)]);
  expect(read.weights).toEqual(weights);
});

it('reads the NaN that Python writes as missing', () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  const cfg = directory['cfg.json'].replace(
    '"context_size": 256',
    '"l0": NaN, "losses": [-Infinity, NaN], "context_size": 256',
  );
  expect(fromSaelensDirectory(cfg, directory['sae_weights.safetensors']).metadata.contextSize).toBe(256);
  const unset = directory['cfg.json'].replace('"k": 3', '"k": NaN');
  expect(() => fromSaelensDirectory(unset, directory['sae_weights.safetensors'])).toThrow(/k as a positive integer/);
});

it('folds a constant scale of the input into the weights', () => {
  const directory = toSaelensDirectory({ ...config, architecture: 'standard', k: undefined }, weights, metadata);
  const cfg = {
    ...JSON.parse(directory['cfg.json']),
    normalize_activations: 'constant_scalar_rescale',
    activation_normalization_factor: 0.25,
  };
  const read = fromSaelensDirectory(JSON.stringify(cfg), directory['sae_weights.safetensors']);
  const plain = new SparseAutoencoder({ ...config, architecture: 'standard' }, weights);
  const sae = new SparseAutoencoder(read.config, read.weights);
  const rows = draw(3 * dModel);
  const scaledActs = plain.encodeSparse(
    rows.map((value) => value * 0.25),
    3,
  );
  const acts = sae.encodeSparse(rows, 3);
  expect([...acts.indices]).toEqual([...scaledActs.indices]);
  acts.values.forEach((value, e) => {
    expect(value).toBeCloseTo(scaledActs.values[e], 4);
  });
  const expected = plain.decode(scaledActs);
  sae.decode(acts).forEach((value, at) => {
    expect(value).toBeCloseTo(expected[at] / 0.25, 3);
  });
  plain.dispose();
  sae.dispose();
  const wrong = JSON.stringify({ ...cfg, activation_normalization_factor: 0 });
  expect(() => fromSaelensDirectory(wrong, directory['sae_weights.safetensors'])).toThrow(
    /activation_normalization_factor as a number above 0, but has 0/,
  );
});

describe('refuses', () => {
  const directory = toSaelensDirectory(config, weights, metadata);
  const cfg = JSON.parse(directory['cfg.json']);
  const old = { d_in: 4, d_sae: 10 };

  it.each([
    [{ ...cfg, architecture: 'gated' }, /^sae_weights.safetensors has no tensor b_gate; it has .*b_enc/],
    [{ ...cfg, architecture: 'jumprelu' }, /^sae_weights.safetensors has no tensor threshold/],
    [{ ...cfg, architecture: 'batchtopk' }, /^sae_weights.safetensors has no tensor topk_threshold/],
    [{ ...cfg, architecture: 'temporal' }, /architecture temporal: its activations .* cannot be read/],
    [{ ...cfg, architecture: 'crosscoder' }, /architecture crosscoder; readable are standard, .*topk/],
    [{ ...cfg, architecture: 7 }, /cfg.json must have architecture as text, but has 7/],
    [{ ...cfg, architecture: 'transcoder' }, /apply_b_dec_to_input true, which a transcoder cannot have/],
    [{ ...cfg, architecture: 'transcoder', apply_b_dec_to_input: false }, /must have d_out as a positive integer/],
    [{ ...cfg, normalize_activations: 'batch' }, /normalize_activations as none, .*layer_norm .*but has "batch"/],
    [{ ...cfg, normalize_activations: 'covariance_whitening' }, /activation_whitening.safetensors is missing/],
    [{ ...cfg, reshape_activations: 'heads' }, /reshape_activations as none or hook_z, but has "heads"/],
    [{ ...cfg, apply_b_dec_to_input: 'yes' }, /apply_b_dec_to_input as true or false, but has "yes"/],
    [{ ...cfg, d_sae: 11 }, /^sae_weights.safetensors: tensor W_dec must have shape \[11,4\], but has \[10,4\]/],
    [{ ...cfg, d_in: -4 }, /d_in as a positive integer, but has -4/],
    [{ ...cfg, d_in: undefined }, /d_in as a positive integer, but has nothing/],
    [{ ...cfg, k: 11 }, /k 11, more than d_sae 10/],
    [{ ...cfg, k: undefined }, /must have k as a positive integer/],
    [{ ...old, activation_fn_str: 'tanh-relu' }, /activation_fn_str as relu or topk, but has "tanh-relu"/],
    [{ ...old, activation_fn: 'topk', activation_fn_kwargs: {} }, /must have k as a positive integer/],
  ])('%j', (written, message) => {
    expect(() => fromSaelensDirectory(JSON.stringify(written), directory['sae_weights.safetensors'])).toThrow(message);
  });

  it('files that are not what they are called', () => {
    expect(() => fromSaelensDirectory('cfg', directory['sae_weights.safetensors'])).toThrow(/^cfg.json is not JSON/);
    expect(() => fromSaelensDirectory('[]', directory['sae_weights.safetensors'])).toThrow(
      /cfg.json is not a JSON obj/,
    );
    expect(() => fromSaelensDirectory(directory['cfg.json'], new Uint8Array(3))).toThrow(/^sae_weights.safetensors: /);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('weights that are %s', (value) => {
    const wEnc = weights.wEnc.slice();
    wEnc[7] = value;
    const damaged = toSaelensDirectory(config, { ...weights, wEnc }, metadata)['sae_weights.safetensors'];
    expect(() => fromSaelensDirectory(directory['cfg.json'], damaged)).toThrow(
      new RegExp(`sae_weights.safetensors: tensor W_enc has ${value} at value 7`),
    );
  });

  it('a finetuned scale that the configuration denies', () => {
    const { tensors } = decodeSafetensors(directory['sae_weights.safetensors']);
    const scaling_factor = { dtype: 'F32' as const, shape: [nLatents], data: draw(nLatents) };
    const bytes = encodeSafetensors({ tensors: { ...tensors, scaling_factor }, metadata: {} });
    expect(() => fromSaelensDirectory(directory['cfg.json'], bytes)).toThrow(/finetuning_scaling_factor false/);
  });

  it('weights that do not belong to the architecture, when writing', () => {
    const threshold = draw(nLatents);
    expect(() => toSaelensDirectory(config, { ...weights, threshold }, metadata)).toThrow(/topk has no threshold/);
    const gated = { ...config, architecture: 'gated' } as const;
    expect(() => toSaelensDirectory(gated, weights, metadata)).toThrow(/gated needs rMag/);
    expect(() => toSaelensDirectory({ ...config, nLatents: 11 }, weights, metadata)).toThrow(
      /wEnc must have 44 values/,
    );
  });
});
