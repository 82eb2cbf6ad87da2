import type { CreateDecomposition } from '@featurescope/contracts';
import { describe, expect, it } from 'vitest';
import {
  type BaselineDraft,
  type BaselineSubject,
  baselineOf,
  checkBaseline,
  initialBaseline,
  withKind,
} from './baseline-draft.ts';

const id = '7b0c9a52-6f0e-4f6c-8a43-0d6f3b8a1c11';
const subject: BaselineSubject = {
  modelId: id,
  hookName: 'blocks.3.hook_resid_post',
  datasetId: id,
  activations: 'stream',
  name: ' ',
  seed: '3',
};
const check = (changes: Partial<BaselineDraft>) => checkBaseline({ ...initialBaseline(), ...changes }, subject);
const texts = (n: number) => Array.from({ length: n }, (_, i) => `text ${i}`).join('\n\n');

describe('a baseline that is typed', () => {
  it('asks for what its kind has, and for nothing else', () => {
    const common = { modelId: id, hookName: subject.hookName, datasetId: id, activations: 'stream', seed: 3 };
    expect(check({ nTokens: '100k' }).request).toEqual({
      ...{ ...common, architecture: 'pca', nComponents: 64, nTokens: 100_000 },
    });
    expect(check({ kind: 'ica', k: '8', nTokens: '5,000' }).request).toMatchObject({ architecture: 'ica', k: 8 });
    const nmf = check({ kind: 'nmf', k: '8' }).request;
    expect(nmf).toMatchObject({ architecture: 'nmf', signs: 'split' });
    expect(nmf).not.toHaveProperty('k');
    expect(check({ kind: 'random', nDirections: '2k' }).request).toMatchObject({ nDirections: 2000 });
    expect(check({ kind: 'neurons', nComponents: 'not used' }).request).toMatchObject({ architecture: 'neurons' });
  });

  it('reads examples by line and words by comma', () => {
    const examples = { positiveExamples: texts(4), negativeExamples: `${texts(5)}\n  ` };
    const means = check({ kind: 'meanDifference', ...examples }).request;
    expect(means).toMatchObject({ positiveExamples: ['text 0', 'text 1', 'text 2', 'text 3'], pooling: 'mean' });
    const cav = check({ kind: 'cav', ...examples, tests: true, inputs: texts(4), targets: 'king, queen,' }).request;
    expect(cav).toMatchObject({ regularization: 0.1, tcav: { targets: [' king', ' queen'], nRepeats: 20 } });
    expect(check({ kind: 'cav', ...examples, targets: '' }).request).toHaveProperty('tcav', undefined);
  });

  it('says what is wrong at the field', () => {
    expect(check({ nComponents: 'many' }).errors).toEqual({ nComponents: '“many” is not a number.' });
    expect(check({ nComponents: '64', k: '65' }).errors.k).toMatch(/k is 65; it must not exceed the 64 components/);
    expect(check({ nTokens: '' }).errors).toEqual({ nTokens: 'A number is needed here.' });
    expect(check({ kind: 'cav', positiveExamples: texts(3), negativeExamples: texts(4) }).errors).toEqual({
      positiveExamples: 'At least 4 texts are needed, one a line.',
    });
    const long = `${texts(4)}\n${'x'.repeat(2001)}`;
    const tested = { kind: 'cav', positiveExamples: long, negativeExamples: texts(4), tests: true } as const;
    expect(check({ ...tested, inputs: '', targets: ' , ' }).errors).toEqual({
      positiveExamples: 'Text 5 is too long.',
      inputs: 'At least 4 texts are needed, one a line.',
      targets: 'A word is needed.',
    });
  });

  it('is the same again from the run that it made', () => {
    const examples = { positiveExamples: 'a\nb\nc\nd', negativeExamples: 'e\nf\ng\nh', inputs: 'i\nj\nk\nl' };
    for (const changes of [
      { kind: 'pca', k: '4' },
      { kind: 'nmf', signs: 'refuse', nTokens: '30000' },
      { kind: 'cav', ...examples, pooling: 'last', tests: true, targets: 'king, queen', nRepeats: '9' },
    ] as Partial<BaselineDraft>[]) {
      const { request } = check(changes);
      expect(checkBaseline(baselineOf(request as CreateDecomposition), subject).request).toEqual(request);
    }
  });

  it('takes the tokens that suit another kind unless some were typed', () => {
    expect(withKind(initialBaseline('pca'), 'nmf')).toEqual({ kind: 'nmf', nTokens: '20000' });
    expect(withKind({ ...initialBaseline('pca'), nTokens: '7000' }, 'nmf')).toEqual({ kind: 'nmf' });
  });
});
