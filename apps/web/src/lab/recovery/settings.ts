import { labArchitectures } from '../architectures.ts';
import { seedField } from '../lab-settings.ts';

export const recoveryFields = {
  architectures: { kind: 'list', fallback: 'topk,standard', options: labArchitectures },
  k: { kind: 'number', fallback: 3, min: 1, max: 8, isInteger: true },
  l1: { kind: 'number', fallback: 0.3, min: 0.01, max: 3 },
  latents: { kind: 'number', fallback: 32, min: 4, max: 64, isInteger: true },
  active: { kind: 'number', fallback: 3, min: 1, max: 6, isInteger: true },
  seed: seedField,
} as const;
