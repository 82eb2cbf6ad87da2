import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, expect, it } from 'vitest';
import { Rng } from './rng.ts';
import { SparseAutoencoder } from './sparse-autoencoder.ts';

const [dModel, nLatents, nRows] = [5, 12, 9];
const rng = Rng.fromSeed(2);
const draw = (n: number) => Float32Array.from({ length: n }, () => rng.normal());
const weights = {
  wEnc: draw(dModel * nLatents),
  wDec: draw(nLatents * dModel),
  bEnc: draw(nLatents),
  bDec: draw(dModel),
};
const rows = draw(nRows * dModel);

beforeAll(async () => {
  await startTestBackend();
});

/** (x − b_dec) W_enc + b_enc in float64. */
function plainPreActs(subtract: boolean): number[][] {
  return Array.from({ length: nRows }, (_, r) =>
    Array.from({ length: nLatents }, (_, i) => {
      let sum = weights.bEnc[i];
      for (let j = 0; j < dModel; j++) {
        sum += (rows[r * dModel + j] - (subtract ? weights.bDec[j] : 0)) * weights.wEnc[j * nLatents + i];
      }
      return sum;
    }),
  );
}

it.each([true, false])('computes pre-activations, with b_dec subtracted: %s', (applyBDecToInput) => {
  const sae = new SparseAutoencoder({ architecture: 'standard', dModel, nLatents, applyBDecToInput }, weights);
  const expected = plainPreActs(applyBDecToInput).flat();
  sae.preActs(rows, nRows).forEach((value, at) => {
    // Sums of five products in float32.
    expect(value).toBeCloseTo(expected[at], 5);
  });
  sae.dispose();
});

it.each(['standard', 'topk'] as const)('encodes %s sparsely, above zero and by ascending latent', (architecture) => {
  const sae = new SparseAutoencoder({ architecture, dModel, nLatents, k: 4, applyBDecToInput: true }, weights);
  const acts = sae.encodeSparse(rows, nRows);
  plainPreActs(true).forEach((pre, r) => {
    const order = pre.map((_, i) => i).sort((a, b) => pre[b] - pre[a]);
    const kept = (architecture === 'topk' ? order.slice(0, 4) : order).filter((i) => pre[i] > 0).sort((a, b) => a - b);
    expect([...acts.indices.subarray(acts.rowOffsets[r], acts.rowOffsets[r + 1])]).toEqual(kept);
    acts.values.subarray(acts.rowOffsets[r], acts.rowOffsets[r + 1]).forEach((value, e) => {
      expect(value).toBeCloseTo(pre[kept[e]], 5);
    });
  });
  const encoded = sae.encodeWithPreActs(rows, nRows);
  expect(encoded.acts).toEqual(acts);
  const all = Int32Array.from({ length: encoded.preActs.nLatents }, (_, latent) => latent);
  expect(encoded.preActs.columns(0, nRows, all)).toEqual(sae.preActs(rows, nRows));
  encoded.preActs.dispose();
  const picked = sae.encodeFeatures(rows, nRows, [7, 0, 7]);
  const dense = (r: number, latent: number) => {
    for (let e = acts.rowOffsets[r]; e < acts.rowOffsets[r + 1]; e++)
      if (acts.indices[e] === latent) return acts.values[e];
    return 0;
  };
  for (let r = 0; r < nRows; r++) {
    [7, 0, 7].forEach((latent, column) => {
      expect(picked[r * 3 + column]).toBeCloseTo(dense(r, latent), 5);
    });
  }
  sae.dispose();
});

it('decodes to f W_dec + b_dec, and to b_dec where nothing fires', () => {
  const sae = new SparseAutoencoder({ architecture: 'topk', dModel, nLatents, k: 4, applyBDecToInput: true }, weights);
  const acts = {
    nRows: 2,
    rowOffsets: Int32Array.of(0, 2, 2),
    indices: Int32Array.of(1, 5),
    values: Float32Array.of(2, 0.5),
  };
  const decoded = sae.decode(acts);
  for (let j = 0; j < dModel; j++) {
    expect(decoded[j]).toBeCloseTo(
      weights.bDec[j] + 2 * weights.wDec[dModel + j] + 0.5 * weights.wDec[5 * dModel + j],
      5,
    );
    expect(decoded[dModel + j]).toBe(weights.bDec[j]);
  }
  expect(sae.decoderNorms[3]).toBeCloseTo(Math.hypot(...weights.wDec.subarray(3 * dModel, 4 * dModel)), 5);
  sae.dispose();
});

it('undoes layer norm by the rows that were encoded, and cannot without them', () => {
  const config = { architecture: 'standard', dModel: 2, nLatents: 2, applyBDecToInput: false } as const;
  const identity = Float32Array.of(1, 0, 0, 1);
  const sae = new SparseAutoencoder(
    { ...config, inputNorm: 'layerNorm' },
    { wEnc: identity, wDec: identity, bEnc: new Float32Array(2), bDec: new Float32Array(2) },
  );
  // μ = 4, σ = 2√2 with n − 1: the row becomes (√½, −√½), of which ReLU leaves the first.
  const row = Float32Array.of(6, 2);
  const acts = sae.encodeSparse(row, 1);
  expect([...acts.indices]).toEqual([0]);
  expect(acts.values[0]).toBeCloseTo(Math.SQRT1_2, 5);
  const decoded = sae.decode(acts, row);
  expect(decoded[0]).toBeCloseTo(6, 4);
  expect(decoded[1]).toBeCloseTo(4, 4);
  expect(() => sae.decode(acts)).toThrow(/layerNorm.* needs the rows that were encoded/);
  expect(() => sae.decode(acts, new Float32Array(4))).toThrow(/2 values were decoded, but the rows encoded have 4/);
  sae.dispose();
});

it('encodes many rows in chunks as it does few', () => {
  const sae = new SparseAutoencoder({ architecture: 'topk', dModel, nLatents, k: 3, applyBDecToInput: true }, weights);
  const many = draw(2100 * dModel);
  const all = sae.encodeSparse(many, 2100);
  const last = sae.encodeSparse(many.subarray(2090 * dModel), 10);
  expect([...all.indices.subarray(all.rowOffsets[2090])]).toEqual([...last.indices]);
  expect(all.rowOffsets[2100] - all.rowOffsets[2090]).toBe(last.rowOffsets[10]);
  expect(sae.encodeSparse(new Float32Array(0), 0).nRows).toBe(0);
  expect(sae.decode(sae.encodeSparse(new Float32Array(0), 0)).length).toBe(0);
  sae.dispose();
});

it('refuses weights, rows and latents that do not fit', () => {
  const config = { architecture: 'topk', dModel, nLatents, k: 3, applyBDecToInput: true } as const;
  expect(() => new SparseAutoencoder(config, { ...weights, bEnc: draw(3) })).toThrow(
    /bEnc must have 12 values .* has 3/,
  );
  const sae = new SparseAutoencoder(config, weights);
  const jump = { ...config, architecture: 'jumprelu' } as const;
  expect(() => new SparseAutoencoder(jump, weights)).toThrow(/jumprelu needs threshold/);
  expect(() => new SparseAutoencoder({ ...config, k: 13 }, weights)).toThrow(/k must be an integer from 1 to 12/);
  const transcoder = { ...config, architecture: 'standard', transcoder: { dOut: dModel } } as const;
  expect(() => new SparseAutoencoder(transcoder, weights)).toThrow(/transcoder cannot subtract b_dec/);
  expect(() => sae.encodeSparse(rows, 2)).toThrow(/2 rows of 5 values are 10 values, but 45/);
  expect(() => sae.encodeFeatures(rows, nRows, [12])).toThrow(/from 0 to 11, but is 12/);
  sae.dispose();
});
