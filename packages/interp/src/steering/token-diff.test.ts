import { describe, expect, it } from 'vitest';
import { diffTokens } from './token-diff.ts';

const words = (text: string) => [...text].map((letter) => letter.charCodeAt(0));
const ops = (a: string, b: string) =>
  diffTokens(words(a), words(b))
    .steps.map((step) => step.op[0])
    .join('');

describe('diffTokens', () => {
  it('aligns by hand-computed edits', () => {
    expect(ops('kitten', 'sitting')).toBe('rsssrsi');
    expect(ops('abcdef', 'abdef')).toBe('ssdsss');
    expect(ops('', 'ab')).toBe('ii');
    expect(ops('ab', '')).toBe('dd');
  });

  it('visits every token of both lanes once, in order', () => {
    const { steps } = diffTokens(words('the cat sat'), words('a dog sat down'));
    const indices = (side: 'baseline' | 'other') => steps.map((step) => step[side]).filter((index) => index !== null);
    expect(indices('baseline')).toEqual(Array.from({ length: 11 }, (_, i) => i));
    expect(indices('other')).toEqual(Array.from({ length: 14 }, (_, i) => i));
  });

  it('says where two texts first differ', () => {
    expect(diffTokens([1, 2, 3], [1, 2, 4]).firstDivergence).toBe(2);
    expect(diffTokens([1, 2], [1, 2, 4]).firstDivergence).toBe(2);
    expect(diffTokens([1, 2], [1, 2]).firstDivergence).toBeNull();
  });
});
