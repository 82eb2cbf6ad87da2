import { expect, test } from 'vitest';
import { writersOf } from './neurons.ts';

test('the neurons of a hook are those of the last MLP before it', () => {
  const found = (hookName: string) => Object.values(writersOf(hookName));
  expect(found('blocks.3.mlp.hook_post')).toEqual(['neurons', 3]);
  expect(found('blocks.3.hook_mlp_out')).toEqual(['writers', 3]);
  expect(found('blocks.3.hook_resid_post')).toEqual(['writers', 3]);
  expect(found('blocks.3.hook_resid_mid')).toEqual(['writers', 2]);
  expect(found('blocks.3.hook_resid_pre')).toEqual(['writers', 2]);
  for (const hookName of ['hook_embed', 'blocks.0.hook_resid_pre', 'blocks.2.attn.hook_z', 'blocks.2.hook_attn_out'])
    expect(found(hookName)).toEqual(['coordinates', null]);
});
