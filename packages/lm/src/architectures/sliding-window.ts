import type { ConfigFields } from './config-fields.ts';

/** Which layers attend to a sliding window only, from `layer_types`, or where that is absent by a rule. */
export function slidingLayers(
  config: ConfigFields,
  nLayers: number,
  byDefault: (layer: number) => boolean,
): (layer: number) => boolean {
  const types = config.raw('layer_types') ?? null;
  if (types === null) return byDefault;
  const isKnown = (type: unknown) => type === 'full_attention' || type === 'sliding_attention';
  if (!Array.isArray(types) || types.length !== nLayers || !types.every(isKnown)) {
    config.refuse('layer_types', types, `"full_attention" or "sliding_attention" for each of ${nLayers} layers`);
  }
  return (layer) => types[layer] === 'sliding_attention';
}

/** `sliding_window` in positions; null where the file says null. */
export function slidingWindow(config: ConfigFields, absent: number | null): number | null {
  return config.raw('sliding_window') === null || (absent === null && config.raw('sliding_window') === undefined)
    ? null
    : config.positiveInteger('sliding_window', absent ?? undefined);
}

/** Qwen's rule: a window only where `use_sliding_window` says so, and then from layer `max_window_layers` on. */
export function qwenWindow(config: ConfigFields, nLayers: number): (layer: number) => number | null {
  if (!config.flag('use_sliding_window', false)) return () => null;
  const window = slidingWindow(config, 4096);
  const firstLayer = config.count('max_window_layers', 28);
  const isSliding = slidingLayers(config, nLayers, (layer) => layer >= firstLayer);
  return (layer) => (isSliding(layer) ? window : null);
}
