import { beforeAll, describe, expect, it } from 'vitest';
import { hasNativeTensorFlow } from '../native-availability.ts';
import type * as Native from '../native-tensorflow.ts';
import { SeededRandom } from '../seeded-random.ts';
import { initialParameters } from './initialise.ts';
import { type ModelShape, parameterSlots } from './shape.ts';

const shape: ModelShape = {
  vocabularySize: 23,
  dModel: 16,
  nLayers: 2,
  nHeads: 4,
  nKeyValueHeads: 2,
  dHead: 4,
  dFeedForward: 12,
  contextLength: 9,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
};

describe.skipIf(!hasNativeTensorFlow)('handLossAndGradients', async () => {
  const { tf } = await import('../native-tensorflow.ts');
  const { autogradLossAndGradients } = await import('./autograd-gradients.ts');
  const { handLossAndGradients } = await import('./hand-gradients.ts');
  const { parameterTensors } = await import('./parameter-tensors.ts');
  const random = new SeededRandom(11);
  // Norm weights away from 1 and matrices large enough that every path carries signal.
  const flat = initialParameters(shape, random).map((value) => (value === 1 ? 1 : 6 * value) + 0.1 * random.normal());
  const tokens = () => Int32Array.from({ length: 3 * 9 }, () => random.uint32() % shape.vocabularySize);
  let parameters: ReturnType<typeof parameterTensors>;
  let ids: Native.tf.Tensor2D;
  let targets: Native.tf.Tensor2D;
  beforeAll(() => {
    parameters = parameterTensors(flat, shape);
    ids = tf.tensor2d(tokens(), [3, 9], 'int32');
    targets = tf.tensor2d(tokens(), [3, 9], 'int32');
  });

  it('agrees with autograd in every parameter', () => {
    const byHand = handLossAndGradients(parameters, ids, targets, shape);
    const reference = autogradLossAndGradients(parameters, ids, targets, shape);
    expect(byHand.loss).toBeCloseTo(reference.loss, 3);
    for (const { name } of parameterSlots(shape)) {
      const expected = reference.gradients[name]!.dataSync();
      const found = byHand.gradients[name]!.dataSync();
      const size = Math.hypot(...expected);
      const difference = Math.hypot(...expected.map((value, index) => value - found[index]!));
      // Both are sums of a few hundred float32 products in different orders.
      expect(difference / size, name).toBeLessThan(2e-5);
    }
  });

  it('agrees with a central difference of the loss', () => {
    const { gradients } = handLossAndGradients(parameters, ids, targets, shape);
    const lossAt = (values: Float32Array) =>
      tf.tidy(() => handLossAndGradients(parameterTensors(values, shape), ids, targets, shape).loss);
    const sampled = ['embedding', '0.attentionNorm', '0.queryKeyValue', '0.gateUp', 'finalNorm'];
    for (const slot of parameterSlots(shape).filter(({ name }) => sampled.includes(name))) {
      const gradient = gradients[slot.name]!.dataSync();
      const direction = Float32Array.from(gradient, (value) => value / Math.hypot(...gradient));
      const move = (distance: number) => {
        const moved = flat.slice();
        direction.forEach((value, index) => {
          moved[slot.offset + index]! += distance * value;
        });
        return lossAt(moved);
      };
      const epsilon = 3e-3;
      const slope = (move(epsilon) - move(-epsilon)) / (2 * epsilon);
      // Curvature over ±.003 and float32 rounding of a loss near 100 leave about a percent.
      expect(Math.abs(slope / Math.hypot(...gradient) - 1), slot.name).toBeLessThan(0.03);
    }
  });
});
