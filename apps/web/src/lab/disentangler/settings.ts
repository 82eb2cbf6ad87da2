import { seedField } from '../lab-settings.ts';

/** Of both pages that take the small classifier apart. */
export const disentanglerFields = {
  architecture: { kind: 'choice', fallback: 'topk', options: ['topk', 'standard'] },
  k: { kind: 'number', fallback: 1, min: 1, max: 12, isInteger: true },
  l1: { kind: 'number', fallback: 0.1, min: 0.01, max: 2 },
  start: { kind: 'choice', fallback: 'dataPoints', options: ['dataPoints', 'random'] },
  seed: seedField,
} as const;
