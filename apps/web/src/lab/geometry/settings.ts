import { seedField } from '../lab-settings.ts';

export const geometryFields = {
  n: { kind: 'number', fallback: 5, min: 2, max: 40, isInteger: true },
  m: { kind: 'number', fallback: 2, min: 1, max: 20, isInteger: true },
  sparsity: { kind: 'number', fallback: 0.9, min: 0, max: 0.99 },
  magnitudes: { kind: 'choice', fallback: 'onOff', options: ['onOff', 'uniform'] },
  seed: seedField,
} as const;

export interface Shape {
  name: string;
  n: number;
  m: number;
  sparsity: number;
  magnitudes: 'onOff' | 'uniform';
}

/** Where each shape is found. */
export const shapes: Shape[] = [
  { name: 'Digon', n: 2, m: 1, sparsity: 0.9, magnitudes: 'onOff' },
  { name: 'Triangle', n: 3, m: 2, sparsity: 0.7, magnitudes: 'onOff' },
  { name: 'Tetrahedron', n: 4, m: 3, sparsity: 0.7, magnitudes: 'onOff' },
  { name: 'Pentagon', n: 5, m: 2, sparsity: 0.9, magnitudes: 'onOff' },
  { name: 'Square antiprism', n: 8, m: 3, sparsity: 0.9, magnitudes: 'uniform' },
  { name: 'A whole zoo', n: 24, m: 16, sparsity: 0.85, magnitudes: 'onOff' },
];
