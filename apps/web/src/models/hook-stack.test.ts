import type { Model } from '@featurescope/contracts';
import { expect, it } from 'vitest';
import { hookStack, sameHookIn } from './hook-stack.ts';

const hook = (name: string, layer: number | null) => ({ name, layer, width: 8, steerable: false });
const model = {
  nLayers: 2,
  hooks: [
    hook('hook_embed', null),
    hook('blocks.0.hook_resid_pre', 0),
    hook('blocks.0.hook_resid_post', 0),
    hook('blocks.1.hook_resid_post', 1),
    hook('ln_final.hook_normalized', null),
  ],
} as Model;

it('stacks the model with its output on top and its embedding at the bottom', () => {
  expect(hookStack(model).map((layer) => layer.label)).toEqual(['Output', 'Block 1', 'Block 0', 'Embedding']);
});

it('keeps the same place when the layer changes, and the first where there is none', () => {
  const [output, block1, block0] = hookStack(model);
  expect(sameHookIn(block0, 'blocks.1.hook_resid_post')).toBe('blocks.0.hook_resid_post');
  expect(sameHookIn(block1, 'blocks.0.hook_resid_pre')).toBe('blocks.1.hook_resid_post');
  expect(sameHookIn(output, 'blocks.0.hook_resid_pre')).toBe('ln_final.hook_normalized');
});
