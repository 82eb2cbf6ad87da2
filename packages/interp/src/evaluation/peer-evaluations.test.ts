import { readFileSync } from 'node:fs';
import type { LanguageModel } from '@featurescope/lm';
import { decoderHealth, type SaeWeights, SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel } from '../testing/fixture-model.ts';
import type { ContextSource } from '../types.ts';
import { evaluateDictionary } from './evaluate-dictionary.ts';
import type { EvaluationResult } from './evaluation-result.ts';

/** Golden values: reference/evaluations.py, which runs SAELens 6.54.12 and SAEBench 0.6.0 on the same model, texts and weights. */
type Figures = Record<string, number>;
interface Golden {
  cases: Record<
    Architecture,
    {
      saelens: { rows: Figures; featureDensity: number[]; specialLeftOut: Figures; everyPosition: Figures };
      saebench: { rows: Figures; specialLeftOut: Figures; specialSplicedNotCounted: Figures; everyPosition: Figures };
    }
  >;
  decoderCosines: { signed: number[]; absolute: number[] };
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../reference/evaluations.golden.json', import.meta.url), 'utf8'),
);
const architectures = ['standard', 'topk', 'jumprelu', 'gated'] as const;
type Architecture = (typeof architectures)[number];
const [dModel, nLatents, k, nTexts, length] = [48, 40, 6, 12, 24];

/** Uniform on [−.5, .5), as the script draws it. */
function noise(seed: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let mixed = ((i * 2654435761 + seed * 40503) % 2 ** 32) >>> 0;
    mixed = (mixed ^ (mixed >>> 15)) >>> 0;
    mixed = Math.imul(mixed, 2246822519) >>> 0;
    mixed = (mixed ^ (mixed >>> 13)) >>> 0;
    return mixed / 2 ** 32 - 0.5;
  });
}
const tensor = (seed: number, count: number, scale = 1) =>
  Float32Array.from(noise(seed, count), (value) => value * scale);

function dictionary(architecture: Architecture): SparseAutoencoder {
  const wDec = tensor(1, nLatents * dModel);
  const wEnc = new Float32Array(dModel * nLatents);
  for (let i = 0; i < nLatents; i++) for (let j = 0; j < dModel; j++) wEnc[j * nLatents + i] = wDec[i * dModel + j] / 3;
  const weights: SaeWeights = { wDec, wEnc, bEnc: tensor(3, nLatents, 0.2), bDec: tensor(2, dModel, 0.2) };
  if (architecture === 'jumprelu')
    weights.threshold = tensor(4, nLatents, 0.2).map((value) => Math.fround(0.2) + value);
  if (architecture === 'gated')
    Object.assign(weights, { bMag: tensor(5, nLatents, 0.2), rMag: tensor(6, nLatents, 0.4) });
  const own = architecture === 'topk' ? { k } : {};
  return new SparseAutoencoder({ architecture, dModel, nLatents, applyBDecToInput: true, ...own }, weights);
}

const contexts = Array.from({ length: nTexts }, (_, text) => {
  const drawn = noise(7, nTexts * length).subarray(text * length, (text + 1) * length);
  return Int32Array.from(drawn, (value, position) => (position === 0 ? 0 : Math.floor((value + 0.5) * 287) + 1));
});
const source: ContextSource = { nContexts: nTexts, context: (index) => ({ tokenIds: contexts[index] }) };

let model: LanguageModel;
const results = {} as Record<Architecture, EvaluationResult>;
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
  for (const architecture of architectures) {
    const sae = dictionary(architecture);
    results[architecture] = await evaluateDictionary({
      ...{ model, sae, hookName: FIXTURE_HOOK, source, outlierNorm: Number.POSITIVE_INFINITY },
      contextIndices: Int32Array.from({ length: nTexts }, (_, index) => index),
    });
    sae.dispose();
  }
});
afterAll(() => model.dispose());

/** Both sides compute in float32, in different orders: seven digits, of which chains of hundreds of operations leave five. */
function expectClose(actual: number | null | undefined, expected: number): void {
  expect(Math.abs((actual ?? Number.NaN) - expected) / Math.max(1e-3, Math.abs(expected))).toBeLessThan(3e-5);
}

describe.each(architectures)('evaluation of a %s dictionary', (architecture) => {
  const { saelens, saebench } = golden.cases[architecture];

  it('has the figures of the reconstruction that SAELens and SAEBench compute', () => {
    const own = results[architecture];
    expect(own.nTokens).toBe(nTexts * (length - 1));
    for (const { rows } of [saelens, saebench]) {
      expectClose(own.l0, rows.l0);
      expectClose(own.l1, rows.l1);
      expectClose(own.cosine, rows.cossim);
      expectClose(own.l2Ratio, rows.l2_ratio);
      expectClose(own.relativeReconstructionBias, rows.relative_reconstruction_bias);
    }
    expectClose(own.mse, saelens.rows.mse);
    expectClose(own.explainedVariance, saelens.rows.explained_variance);
  });

  it('differs from what they call by the same name where their formulas differ', () => {
    const own = results[architecture];
    // SAEBench divides each row's squared error by the number of rows before it takes the mean over them.
    expectClose(own.mse / own.nTokens, saebench.rows.mse);
    // It subtracts a squared mean of squares from a mean of squares, so its explained variance changes with the unit of x.
    expect(Math.abs(own.explainedVariance - saebench.rows.explained_variance)).toBeGreaterThan(0.1);
    // The older form of both is a mean of ratios, one a row.
    expectClose(saelens.rows.explained_variance_legacy, saebench.rows.explained_variance_legacy);
    expect(Math.abs(own.explainedVariance - saelens.rows.explained_variance_legacy)).toBeGreaterThan(1e-3);
  });

  it('counts firings as SAELens does', () => {
    const own = results[architecture];
    const alive = saelens.featureDensity.filter((density) => density > 0);
    expectClose(1 - own.deadShare, alive.length / nLatents);
    const counts = new Array<number>(24).fill(0);
    for (const density of alive) counts[Math.min(23, Math.floor((Math.log10(density) + 6) * 4))]++;
    expect(own.densityHistogram.counts).toEqual(counts);
  });

  it('splices as they do with special tokens left out; zero ablation leaves them alone here and not there', () => {
    const own = results[architecture].spliced!;
    for (const { specialLeftOut: theirs } of [saelens, saebench]) {
      expectClose(own.ceClean, theirs.ce_loss_without_sae);
      expectClose(own.ceSpliced, theirs.ce_loss_with_sae);
      expectClose(own.kl, theirs.kl_div_with_sae);
      expect(Math.abs(own.ceZeroAblated - theirs.ce_loss_with_ablation)).toBeGreaterThan(1e-3);
    }
  });

  it('has their figures where every position is touched and counted', () => {
    const own = results[architecture].everyPosition!;
    for (const { everyPosition: theirs } of [saelens, saebench]) {
      expectClose(own.ceClean, theirs.ce_loss_without_sae);
      expectClose(own.ceSpliced, theirs.ce_loss_with_sae);
      expectClose(own.ceZeroAblated, theirs.ce_loss_with_ablation);
      expectClose(own.kl, theirs.kl_div_with_sae);
      // The model is random and zeros help it, so that a share of the harm is not defined: checked by its formula.
      expect(own.ceRecoveredZero).toBeNull();
      const { ceZeroAblated, ceSpliced, ceClean } = own;
      expectClose((ceZeroAblated - ceSpliced) / (ceZeroAblated - ceClean), theirs.ce_loss_score);
    }
  });
});

it('finds the cosines of decoder rows that SAEBench finds', async () => {
  const { maxCosines } = await decoderHealth(tensor(1, nLatents * dModel), dModel);
  golden.decoderCosines.absolute.forEach((cosine, latent) => {
    expectClose(maxCosines[latent], cosine);
  });
  // Its own figure is signed, and misses rows that point away from each other.
  expect(golden.decoderCosines.signed.some((cosine, i) => cosine < golden.decoderCosines.absolute[i] - 0.01)).toBe(
    true,
  );
});
