import type { Tensor } from '@tensorflow/tfjs';
import { tensor } from '@tensorflow/tfjs';
import { ShapeError } from '../backend-info.ts';
import type { AdamMoments, AdamParameter, AdamSnapshot, AdamUpdate } from '../kernels.ts';

/** A value, and moments where they are not zero. */
export type InitialAdam = Pick<AdamSnapshot, 'value'> & Partial<AdamMoments>;

/** Adam with value and moments on the host: one fused pass over memory, and one upload of the value when it is asked for. */
export class PortableAdamParameter implements AdamParameter {
  readonly shape: number[];
  private host: AdamSnapshot;

  constructor({ value, firstMoment, secondMoment }: InitialAdam, shape: number[]) {
    this.shape = shape;
    const zeros = new Float32Array(firstMoment && secondMoment ? 0 : value.length);
    this.host = copySnapshot({ value, firstMoment: firstMoment ?? zeros, secondMoment: secondMoment ?? zeros }, shape);
  }

  value(): Tensor {
    // A copy: some backends keep the array they are given, and the next update writes into ours.
    return tensor(this.host.value.slice(), this.shape, 'float32');
  }

  assign(value: Tensor): void {
    checkLength(value.size, this.shape);
    this.host.value.set(value.dataSync());
  }

  update(gradient: Tensor, adam: AdamUpdate): void {
    checkLength(gradient.size, this.shape);
    stepAdam(this.host, gradient.dataSync() as Float32Array, adam);
  }

  snapshot(): AdamSnapshot {
    return copySnapshot(this.host, this.shape);
  }

  restore(snapshot: AdamSnapshot): void {
    this.host = copySnapshot(snapshot, this.shape);
  }

  dispose(): void {
    const nothing = new Float32Array(0);
    this.host = { value: nothing, firstMoment: nothing, secondMoment: nothing };
  }
}

/** One step on arrays, in place; see AdamParameter.update. */
export function stepAdam(
  { value, firstMoment, secondMoment }: AdamSnapshot,
  gradient: Float32Array,
  { learningRate, step, beta1, beta2, epsilon }: AdamUpdate,
): void {
  const stepSize = learningRate / (1 - beta1 ** step);
  const secondScale = 1 / (1 - beta2 ** step);
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i];
    const m = firstMoment[i] + (g - firstMoment[i]) * (1 - beta1);
    const v = secondMoment[i] + (g * g - secondMoment[i]) * (1 - beta2);
    firstMoment[i] = m;
    secondMoment[i] = v;
    value[i] -= (stepSize * m) / (Math.sqrt(v * secondScale) + epsilon);
  }
}

/** Throws ShapeError unless `length` is the product of `shape`. */
export function checkLength(length: number, shape: number[]): void {
  const expected = shape.reduce((product, size) => product * size, 1);
  if (length !== expected)
    throw new ShapeError(`A parameter [${shape}] has ${expected} values, but ${length} were given`);
}

/** Copies all three arrays; throws ShapeError when one has another length. */
export function copySnapshot({ value, firstMoment, secondMoment }: AdamSnapshot, shape: number[]): AdamSnapshot {
  for (const array of [value, firstMoment, secondMoment]) checkLength(array.length, shape);
  return { value: value.slice(), firstMoment: firstMoment.slice(), secondMoment: secondMoment.slice() };
}
