import { type LanguageModel, padTexts } from '@featurescope/lm';
import { SparseAutoencoder } from '@featurescope/sae';
import { startTestBackend } from '@featurescope/tensor/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURE_HOOK, loadFixtureModel, randomContexts } from '../testing/fixture-model.ts';
import { randomDictionary } from '../testing/random-dictionary.ts';
import { type EvaluateDictionaryOptions, evaluateDictionary } from './evaluate-dictionary.ts';

let model: LanguageModel;
const source = randomContexts(20, 3);
beforeAll(async () => {
  await startTestBackend();
  model = await loadFixtureModel();
});
afterAll(() => model.dispose());

const options = (sae: SparseAutoencoder, more: Partial<EvaluateDictionaryOptions> = {}): EvaluateDictionaryOptions => ({
  ...{ model, sae, hookName: FIXTURE_HOOK, source, contextIndices: source.allIndices },
  outlierNorm: Number.POSITIVE_INFINITY,
  tokensPerForward: 100,
  ...more,
});

/** Reconstructs exactly: latents come in pairs ±e_j, so that x = Σ ReLU(x_j) e_j − ReLU(−x_j) e_j. */
function exactDictionary(dModel: number): SparseAutoencoder {
  const nLatents = 2 * dModel;
  const wDec = new Float32Array(nLatents * dModel);
  const wEnc = new Float32Array(dModel * nLatents);
  for (let j = 0; j < dModel; j++) {
    for (const [latent, sign] of [
      [j, 1],
      [dModel + j, -1],
    ]) {
      wDec[latent * dModel + j] = sign;
      wEnc[j * nLatents + latent] = sign;
    }
  }
  const weights = { wEnc, wDec, bEnc: new Float32Array(nLatents), bDec: new Float32Array(dModel) };
  return new SparseAutoencoder({ architecture: 'standard', dModel, nLatents, applyBDecToInput: true }, weights);
}

/** Reconstructs nothing: x̂ = b_dec. */
function constantDictionary(dModel: number, bDec: Float32Array): SparseAutoencoder {
  const weights = {
    wEnc: new Float32Array(dModel),
    wDec: new Float32Array(dModel).fill(1),
    bEnc: Float32Array.of(-1),
    bDec,
  };
  return new SparseAutoencoder({ architecture: 'standard', dModel, nLatents: 1, applyBDecToInput: true }, weights);
}

/** Mean activation and mean clean cross-entropy over everything but the first token, straight from the model. */
async function directly(): Promise<{ mean: Float32Array; crossEntropy: number; nTokens: number; nScored: number }> {
  const contexts = Array.from(source.allIndices, (index) => source.context(index).tokenIds);
  const batch = padTexts(contexts);
  const rows = (await model.run(batch, { hooks: [FIXTURE_HOOK] })).hooks[FIXTURE_HOOK];
  const losses = await model.perTokenCrossEntropy(batch);
  const mean = new Float64Array(48);
  let [crossEntropy, nTokens, nScored] = [0, 0, 0];
  contexts.forEach(({ length }, text) => {
    for (let position = 1; position < length; position++) {
      const row = text * batch.seqLen + position;
      for (let j = 0; j < 48; j++) mean[j] += rows[row * 48 + j];
      nTokens++;
      if (position + 1 === length) continue;
      crossEntropy += losses[row];
      nScored++;
    }
  });
  return {
    mean: Float32Array.from(mean, (sum) => sum / nTokens),
    crossEntropy: crossEntropy / nScored,
    nTokens,
    nScored,
  };
}

describe('evaluateDictionary', () => {
  it('finds nothing lost with an exact dictionary', async () => {
    const { nTokens, nScored, crossEntropy } = await directly();
    const result = await evaluateDictionary(options(exactDictionary(48)));
    expect(result.nTokens).toBe(nTokens);
    expect(result.excludedRows).toEqual({ special: 20, outlierNorm: 0 });
    expect(result.fvu).toBeLessThan(1e-10);
    expect(result.l0).toBeCloseTo(48, 5);
    const spliced = result.spliced!;
    expect(spliced.nTokens).toBe(nScored);
    // Batches differ from the direct pass: float32 rounding of a mean of about 6 nats.
    expect(spliced.ceClean).toBeCloseTo(crossEntropy, 5);
    expect(spliced.deltaCe).toBeCloseTo(0, 6);
    expect(spliced.kl).toBeLessThan(1e-6);
    expect(spliced.top1Agreement).toBe(1);
    expect(spliced.ceMeanAblated).not.toBeCloseTo(spliced.ceClean, 3);
  });

  it('equals mean ablation when the dictionary writes the mean, and zero ablation when it writes zero', async () => {
    const { mean } = await directly();
    const asMean = (await evaluateDictionary(options(constantDictionary(48, mean)))).spliced!;
    expect(asMean.ceSpliced).toBeCloseTo(asMean.ceMeanAblated, 5);
    expect(asMean.ceSpliced).not.toBeCloseTo(asMean.ceZeroAblated, 3);
    if (asMean.ceRecoveredMean !== null) expect(asMean.ceRecoveredMean).toBeCloseTo(0, 3);
    const zero = await evaluateDictionary(options(constantDictionary(48, new Float32Array(48))));
    expect(zero.spliced!.ceSpliced).toBeCloseTo(zero.spliced!.ceZeroAblated, 6);
    expect(zero.fvu).toBeGreaterThan(1);
    expect(zero.deadShare).toBe(1);
    expect(zero.spliced!.kl).toBeGreaterThan(0);
  });

  it('defines recovery by its formula, and only where ablation does harm', async () => {
    const sae = randomDictionary({ dModel: 48, nLatents: 64, k: 20 });
    const { spliced } = await evaluateDictionary(options(sae));
    const { ceClean, ceSpliced, ceZeroAblated, ceMeanAblated, ceRecoveredZero, ceRecoveredMean } = spliced!;
    const recovered = (ablated: number) => (ablated > ceClean ? (ablated - ceSpliced) / (ablated - ceClean) : null);
    expect(ceRecoveredZero).toBe(recovered(ceZeroAblated));
    expect(ceRecoveredMean).toBe(recovered(ceMeanAblated));
    sae.dispose();
  });

  it('leaves rows of outlying norm untouched and counts them', async () => {
    const sae = randomDictionary({ dModel: 48, nLatents: 64, k: 20 });
    const all = await evaluateDictionary(options(sae));
    const rows = (await model.run(padTexts([source.context(0).tokenIds]), { hooks: [FIXTURE_HOOK] })).hooks[
      FIXTURE_HOOK
    ];
    const limit = Math.hypot(...rows.slice(48, 96)) * 1.02;
    const some = await evaluateDictionary(options(sae, { outlierNorm: limit }));
    expect(some.excludedRows.outlierNorm).toBeGreaterThan(0);
    expect(some.nTokens + some.excludedRows.outlierNorm).toBe(all.nTokens);
    expect(some.spliced!.nTokens).toBeLessThan(all.spliced!.nTokens);
    expect(some.fvuWithExcluded).toBeCloseTo(all.fvuWithExcluded, 6);
    sae.dispose();
  });

  it('stops at the tokens asked for, and has no spliced figures where the hook cannot be changed', async () => {
    const sae = randomDictionary({ dModel: 48, nLatents: 64, k: 20 });
    const few = await evaluateDictionary(options(sae, { maxTokens: 50, maxSplicedTokens: 30 }));
    expect(few.nTokens).toBeGreaterThanOrEqual(50);
    expect(few.nTokens).toBeLessThan(160);
    expect(few.spliced!.nTokens).toBeLessThan(60);
    const inner = await evaluateDictionary(options(sae, { hookName: 'blocks.0.hook_attn_out' }));
    expect(inner.spliced).toBeNull();
    expect(inner.fvu).toBeGreaterThan(0);
    sae.dispose();
  });
});
