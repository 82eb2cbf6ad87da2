import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Rng } from '@featurescope/sae';
import { TokenCorpus, TokenCorpusWriter } from '@featurescope/store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexSample, storedIndexSample } from './index-sample.ts';

/** So wide that a shard holds 512 tokens. */
const width = 1 << 15;
const directory = mkdtempSync(path.join(tmpdir(), 'featurescope-sample-'));
let corpus: TokenCorpus;

beforeAll(async () => {
  const options = { tokenizerHash: 't', vocabSize: 300, contextSize: 32, bosTokenId: 0 };
  const writer = await TokenCorpusWriter.create(path.join(directory, 'corpus'), options);
  const rng = Rng.fromSeed(1, 'sample');
  for (let i = 0; i < 200; i++) {
    const tokenIds = Array.from({ length: 20 + rng.int(150) }, () => 1 + rng.int(298));
    await writer.addDocument({ name: `${i}`, kind: 'x', split: i % 10 === 0 ? 'heldout' : 'train' }, tokenIds);
  }
  await writer.finish();
  corpus = TokenCorpus.open(path.join(directory, 'corpus'));
});
afterAll(() => {
  corpus.dispose();
  rmSync(directory, { recursive: true });
});

const tokensOf = (indices: Int32Array) => indices.reduce((sum, index) => sum + corpus.contextLength(index), 0);

describe('the sample of a run on stored activations', () => {
  it('is all of a small corpus, mostly from shards', () => {
    const { nShards, others, contextIndices } = storedIndexSample(corpus, { width, nUsedShards: 1000 });
    expect([...contextIndices]).toEqual([...indexSample(corpus)]);
    expect([...others]).toEqual([...corpus.contextIndices('heldout')]);
    expect(nShards).toBeGreaterThan(20);
  });

  it('is as large as that of a streamed run, with as much held-out text, of a large one', () => {
    const maxTokens = 5000;
    const streamed = indexSample(corpus, maxTokens);
    const heldOut = new Set(corpus.contextIndices('heldout'));
    const sample = storedIndexSample(corpus, { width, maxTokens, nUsedShards: 1000 });
    expect(tokensOf(sample.contextIndices) / tokensOf(streamed)).toBeCloseTo(1, 0);
    expect([...sample.others]).toEqual([...streamed.filter((index) => heldOut.has(index))]);
    expect(sample.nShards).toBeGreaterThan(5);
    expect(sample.nShards).toBeLessThan(12);
  });

  it('is the same text for a run that used fewer shards: what it has not is read from the model', () => {
    const maxTokens = 5000;
    const many = storedIndexSample(corpus, { width, maxTokens, nUsedShards: 1000 });
    const few = storedIndexSample(corpus, { width, maxTokens, nUsedShards: 2 });
    expect(few.nShards).toBe(2);
    expect([...few.contextIndices]).toEqual([...many.contextIndices]);
    expect(few.others.length).toBeGreaterThan(many.others.length);
  });
});
