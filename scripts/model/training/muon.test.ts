import { describe, expect, it } from 'vitest';
import { hasNativeTensorFlow } from '../native-availability.ts';

describe.skipIf(!hasNativeTensorFlow)('orthogonalise', async () => {
  const { tf } = await import('../native-tensorflow.ts');
  const { orthogonalise } = await import('./muon.ts');

  it('brings all singular values near one and keeps the singular vectors', () => {
    // Two 2×3 matrices with singular values (3, .2) and (1, 1), axis-aligned, so the vectors can be read off.
    const stack = tf.tensor3d([3, 0, 0, 0, 0.2, 0, 0, 1, 0, 0, 0, -1], [2, 2, 3]);
    const [a, b] = orthogonalise(stack).arraySync() as number[][][];
    for (const value of [a![0]![0]!, a![1]![1]!, b![0]![1]!, -b![1]![2]!]) {
      // The interval that Jordan's coefficients converge to.
      expect(value).toBeGreaterThan(0.68);
      expect(value).toBeLessThan(1.21);
    }
    expect(a![0]![1]).toBeCloseTo(0, 6);
    expect(b![1]![1]).toBeCloseTo(0, 6);
  });
});
