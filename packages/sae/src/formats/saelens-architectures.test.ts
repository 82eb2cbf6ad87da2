import { startTestBackend } from '@featurescope/tensor/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import golden from '../../reference/saelens-architectures.golden.json' with { type: 'json' };
import { foldDecoderNorms } from '../sae-weights.ts';
import { bytesOf, compute, type GoldenCase, worstDifference } from '../testing/golden-case.ts';
import { fromSaelensDirectory } from './saelens-reader.ts';
import { toSaelensDirectory } from './saelens-writer.ts';

const cases = Object.entries(golden as Record<string, GoldenCase>);
/** float32 on both sides, sums of up to 32 products. */
const TOLERANCE = 1e-5;

function read(saved: Record<string, string>) {
  const files = bytesOf(saved);
  const text = (name: string) => (files[name] ? new TextDecoder().decode(files[name]) : undefined);
  return fromSaelensDirectory(text('cfg.json') ?? '', files['sae_weights.safetensors'], {
    sparsity: files['sparsity.safetensors'],
    activationScaler: text('activation_scaler.json'),
    activationWhitening: files['activation_whitening.safetensors'],
  });
}

beforeAll(async () => {
  await startTestBackend();
});

describe('what SAELens saves', () => {
  it.each(cases)('%s: encodes and decodes as SAELens does', (_, { files, ...expected }) => {
    const computed = compute(read(files), Float32Array.from(expected.rows));
    expect(worstDifference(computed.acts, expected.acts)).toBeLessThan(TOLERANCE);
    expect(worstDifference(computed.picked, expected.acts)).toBeLessThan(TOLERANCE);
    expect(worstDifference(computed.decoded, expected.decoded)).toBeLessThan(TOLERANCE);
    expect(worstDifference(computed.output, expected.output ?? expected.decoded)).toBeLessThan(TOLERANCE);
  });

  it.each(cases)('%s: is the same after being written and read again', (_, { files }) => {
    const { config, weights, metadata } = read(files);
    const directory = toSaelensDirectory(config, weights, metadata);
    expect(fromSaelensDirectory(directory['cfg.json'], directory['sae_weights.safetensors'])).toEqual({
      config,
      weights,
      metadata,
      notes: [],
    });
  });
});

const folded = cases.filter(([, { foldedActs }]) => foldedActs !== undefined);

it.each(folded)('%s: folds decoder norms as SAELens does', (_, { files, rows, foldedActs = [], decoded }) => {
  const { config, weights } = read(files);
  const width = config.transcoder?.dOut ?? config.dModel;
  const computed = compute({ config, weights: foldDecoderNorms(weights, width) }, Float32Array.from(rows));
  expect(worstDifference(computed.acts, foldedActs)).toBeLessThan(TOLERANCE);
  expect(worstDifference(computed.decoded, decoded)).toBeLessThan(TOLERANCE);
});

it('makes some latents fire and some not in every case', () => {
  for (const [name, { acts }] of cases) {
    const share = acts.filter((act) => act !== 0).length / acts.length;
    expect(share, name).toBeGreaterThan(0.05);
    expect(share, name).toBeLessThan(0.95);
  }
});
