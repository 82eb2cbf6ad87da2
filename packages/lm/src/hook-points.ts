import { UnsupportedHookError } from './errors.ts';
import type { ModelConfig } from './model-config.ts';

/** A place in the model whose activations can be read. Names follow TransformerLens. */
export interface HookPoint {
  name: string;
  /** The block it belongs to; -1 for the embedding. */
  layer: number;
  /** Values for each position. `attn.hook_z` is all heads side by side, head-major. */
  width: number;
  /** Whether the activations can be changed here. */
  interventions: boolean;
}

/** What a block can hand out besides the residual stream that leaves it, by the name of its hook. */
export const INNER_HOOKS = {
  'attn.hook_z': 'z',
  hook_attn_out: 'attn_out',
  hook_resid_mid: 'resid_mid',
  'mlp.hook_post': 'mlp_post',
  hook_mlp_out: 'mlp_out',
} as const;

export type InnerHook = keyof typeof INNER_HOOKS;

/** Where a parsed hook name points. */
export type HookAddress =
  | { kind: 'embed'; layer: -1 }
  | { kind: 'resid_pre' | 'resid_post'; layer: number }
  | { kind: 'inner'; layer: number; hook: InnerHook };

/** Of a model's config.json, what its hooks depend on. Configurations that were stored before there were parallel blocks
 *  have no `residual`. */
type HookedShape = Pick<ModelConfig, 'nLayers' | 'dModel' | 'nHeads' | 'headDim' | 'dMlp'> &
  Partial<Pick<ModelConfig, 'residual'>>;

/** The inner hooks that the model's blocks have, in the order in which they are reached. Where attention and MLP run side
 *  by side, there is no residual stream in between. */
export function innerHooks(config: Omit<HookedShape, 'nLayers'>): { hook: InnerHook; width: number }[] {
  const { dModel, nHeads, headDim, dMlp } = config;
  const widths: Record<InnerHook, number> = {
    'attn.hook_z': nHeads * headDim,
    hook_attn_out: dModel,
    hook_resid_mid: dModel,
    'mlp.hook_post': dMlp,
    hook_mlp_out: dModel,
  };
  return (Object.keys(INNER_HOOKS) as InnerHook[])
    .filter((hook) => hook !== 'hook_resid_mid' || config.residual !== 'parallel')
    .map((hook) => ({ hook, width: widths[hook] }));
}

/** Every hook of a model, in the order in which a forward pass reaches them. */
export function hookNames(config: HookedShape): HookPoint[] {
  const { nLayers, dModel } = config;
  const points: HookPoint[] = [{ name: 'hook_embed', layer: -1, width: dModel, interventions: false }];
  const inner = innerHooks(config);
  for (let layer = 0; layer < nLayers; layer++) {
    const add = (hook: string, width: number, interventions: boolean) =>
      points.push({ name: `blocks.${layer}.${hook}`, layer, width, interventions });
    add('hook_resid_pre', dModel, true);
    for (const { hook, width } of inner) add(hook, width, false);
    add('hook_resid_post', dModel, true);
  }
  return points;
}

/** Finds the place a hook name means. Throws UnsupportedHookError, naming what the model has, when there is none. */
export function parseHookName(
  name: string,
  { nLayers, residual }: Pick<HookedShape, 'nLayers' | 'residual'>,
): HookAddress {
  if (name === 'hook_embed') return { kind: 'embed', layer: -1 };
  const match = /^blocks\.(0|[1-9]\d{0,5})\.(.+)$/.exec(name);
  const layer = Number(match?.[1] ?? -1);
  if (!match || layer >= nLayers) {
    throw new UnsupportedHookError(`The model has no hook "${name}"; its blocks are 0 to ${nLayers - 1}`, {
      hookName: name,
    });
  }
  const hook = match[2];
  if (hook === 'hook_resid_pre') return { kind: 'resid_pre', layer };
  if (hook === 'hook_resid_post') return { kind: 'resid_post', layer };
  if (hook === 'hook_resid_mid' && residual === 'parallel') {
    throw new UnsupportedHookError(
      `The model has no hook "${name}": its attention and MLP run side by side, with nothing in between`,
      { hookName: name },
    );
  }
  if (Object.hasOwn(INNER_HOOKS, hook)) return { kind: 'inner', layer, hook: hook as InnerHook };
  throw new UnsupportedHookError(
    `A block has no hook "${hook}"; it has hook_resid_pre, ${Object.keys(INNER_HOOKS).join(', ')} and hook_resid_post`,
    { hookName: name },
  );
}

/** The same, for a place where the residual stream is to be changed or replaced. */
export function parseResidualHookName(
  name: string,
  nLayers: number,
): HookAddress & { kind: 'resid_pre' | 'resid_post' } {
  const address = parseHookName(name, { nLayers });
  if (address.kind !== 'resid_pre' && address.kind !== 'resid_post') {
    throw new UnsupportedHookError(
      `"${name}" can be read but not changed; interventions act at hook_resid_pre and hook_resid_post`,
      { hookName: name },
    );
  }
  return address;
}
