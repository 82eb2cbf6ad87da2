import { seedField } from '../lab-settings.ts';

export const superpositionFields = {
  n: { kind: 'number', fallback: 5, min: 2, max: 16, isInteger: true },
  m: { kind: 'number', fallback: 2, min: 1, max: 3, isInteger: true },
  sparsity: { kind: 'number', fallback: 0.9, min: 0, max: 0.99 },
  importance: { kind: 'number', fallback: 0.9, min: 0.3, max: 1 },
  output: { kind: 'choice', fallback: 'relu', options: ['linear', 'relu'] },
  seed: seedField,
} as const;
