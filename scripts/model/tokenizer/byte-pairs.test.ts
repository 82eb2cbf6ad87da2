import { describe, expect, it } from 'vitest';
import { modelDirectory } from '../model-directory.ts';
import { BytePairEncoder } from './encode-bpe.ts';
import { endOfText, readTokenizer } from './hugging-face-files.ts';
import { forEachWord } from './pre-tokenize.ts';
import { trainBytePairs } from './train-bpe.ts';

const counts = new Map([
  ['low', 5],
  ['lower', 2],
  ['newest', 6],
  ['widest', 3],
]);

describe('trainBytePairs', () => {
  it('learns the merges of the worked example of Sennrich et al.', () => {
    const { tokens, merges } = trainBytePairs(counts, { vocabularySize: 1 + 256 + 4, specialTokens: [endOfText] });
    // es 9, then est 9 (a tie with none), then lo 7, low 7.
    expect(merges.map(([a, b]) => tokens[a]! + tokens[b]!)).toEqual(['es', 'est', 'lo', 'low']);
    expect(tokens[0]).toBe(endOfText);
  });
});

describe('BytePairEncoder', () => {
  const encoder = new BytePairEncoder(trainBytePairs(counts, { vocabularySize: 261, specialTokens: [endOfText] }));

  it('merges in the order learnt', () => {
    expect(encoder.encode('lowest')).toHaveLength(2);
    expect(encoder.decode(encoder.encode('lowest').slice(0, 1))).toBe('low');
    expect(encoder.decode(encoder.encode('lowest').slice(1))).toBe('est');
  });

  it.each(['', 'plain words', ' \n\n\tindented  ', '1999 and 12,5', 'naïve 日本語 🙂\u0000', "it's ``quoted''"])(
    'returns %j unchanged',
    (text) => expect(encoder.decode(encoder.encode(text))).toBe(text),
  );
});

describe('the shipped tokenizer', () => {
  it('has 4,096 tokens, round-trips and keeps digits apart', () => {
    const encoding = readTokenizer(modelDirectory);
    expect(encoding.tokens).toHaveLength(4096);
    const encoder = new BytePairEncoder(encoding);
    const text = 'In 1861 the Union had 34 States — größer als zuvor.\n';
    expect(encoder.decode(encoder.encode(text))).toBe(text);
    const words: string[] = [];
    forEachWord('In 1861', (word) => words.push(word));
    expect(words).toEqual(['In', ' ', '1', '8', '6', '1']);
  });
});
