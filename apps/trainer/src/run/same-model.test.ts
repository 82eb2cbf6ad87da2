import { expect, test } from 'vitest';
import { ModelChangedError, requireSameModel } from './same-model.ts';

const model = (weightsHash: string) =>
  ({ weightsHash, name: 'tiny' }) as Parameters<typeof requireSameModel>[0]['model'];

test('a run goes on with the weights it began with, and with no others', () => {
  requireSameModel({ resolvedConfig: {}, model: model('aaaa') });
  requireSameModel({ resolvedConfig: { weightsHash: 'aaaa' }, model: model('aaaa') });
  const replaced = { resolvedConfig: { weightsHash: 'aaaa' }, model: model('bbbb') };
  expect(() => requireSameModel(replaced)).toThrow(ModelChangedError);
  expect(() => requireSameModel(replaced)).toThrow('The weights of tiny were replaced');
});
