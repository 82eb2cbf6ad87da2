import type { HookPoint, Model } from '@featurescope/contracts';

export interface Layer {
  /** null for hook points outside the blocks: the embedding and the final norm. */
  layer: number | null;
  label: string;
  hooks: HookPoint[];
}

/** The model's hook points as a stack, output on top, embedding at the bottom. */
export function hookStack(model: Model): Layer[] {
  const blocks = Array.from({ length: model.nLayers }, (_, i) => model.nLayers - 1 - i).map((layer) => ({
    layer,
    label: `Block ${layer}`,
    hooks: model.hooks.filter((hook) => hook.layer === layer),
  }));
  const outside = model.hooks.filter((hook) => hook.layer === null);
  const before = outside.filter((hook) => hook.name.includes('embed'));
  const after = outside.filter((hook) => !before.includes(hook));
  const stack: Layer[] = [
    { layer: null, label: 'Output', hooks: after },
    ...blocks,
    { layer: null, label: 'Embedding', hooks: before },
  ];
  return stack.filter((layer) => layer.hooks.length > 0);
}

const meanings: Record<string, string> = {
  hook_embed: 'token embeddings',
  hook_resid_pre: 'residual stream before the block',
  hook_attn_out: 'what attention adds',
  hook_resid_mid: 'residual stream after attention',
  hook_mlp_out: 'what the MLP adds',
  hook_resid_post: 'residual stream after the block',
  hook_q: 'queries',
  hook_k: 'keys',
  hook_v: 'values',
  hook_z: 'attention heads, before they are mixed',
  hook_pattern: 'attention weights',
  hook_pre: 'MLP before its non-linearity',
  hook_post: 'MLP after its non-linearity',
  hook_normalized: 'normalised residual stream',
};

/** "residual stream after the block" for blocks.3.hook_resid_post; null for a name without a description. */
export function hookMeaning(name: string): string | null {
  const last = name.split('.').at(-1) ?? name;
  if (name.includes('ln_final')) return 'residual stream after the final norm';
  if (name.includes('ln1') && last === 'hook_normalized') return 'input of attention, normalised';
  if (name.includes('ln2') && last === 'hook_normalized') return 'input of the MLP, normalised';
  return meanings[last] ?? null;
}

/** The same place in another layer, or that layer's first hook point. */
export function sameHookIn(layer: Layer, current: string): string {
  const suffix = current.replace(/^blocks\.\d+\./, '');
  return (layer.hooks.find((hook) => hook.name.replace(/^blocks\.\d+\./, '') === suffix) ?? layer.hooks[0]).name;
}
