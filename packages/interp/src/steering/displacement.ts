import type { SteeredFeature, SteeringMode } from '../types.ts';

/** How far along the unit direction d a mode moves the residual x, given a = f·‖d‖ and x·d (algorithms.md §7).
 *  0 exactly when nothing is to change: clamp to v = a, scale by 1, add of 0. */
export function displacement(feature: SteeredFeature, at: { activation: number; projection: number }): number {
  const { strength, max } = feature;
  const byMode: Record<SteeringMode, () => number> = {
    add: () => strength * max,
    clamp: () => strength * max - at.activation,
    scale: () => (strength - 1) * at.activation,
    ablate: () => -at.activation,
    projectOut: () => -at.projection,
  };
  return byMode[feature.mode]();
}
