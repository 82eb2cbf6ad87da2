import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { AdamParameter, AdamSnapshot, AdamUpdate } from '../kernels.ts';
import { checkLength, copySnapshot, type InitialAdam } from '../portable/adam-parameter.ts';
import type { NativeOps } from './native-ops.ts';

let nVariables = 0;

/** Value and moments as TensorFlow resource variables, updated by the fused ResourceApplyAdam: one pass over memory. */
export class NativeAdamParameter implements AdamParameter {
  readonly shape: number[];
  private readonly ops: NativeOps;
  /** Resource handles of value, first and second moment. */
  private readonly variables: [number, number, number];

  constructor(ops: NativeOps, { value, firstMoment, secondMoment }: InitialAdam, shape: number[]) {
    this.ops = ops;
    this.shape = shape;
    this.variables = [this.createVariable(), this.createVariable(), this.createVariable()];
    const zeros = new Float32Array(firstMoment && secondMoment ? 0 : value.length);
    this.restore({ value, firstMoment: firstMoment ?? zeros, secondMoment: secondMoment ?? zeros });
  }

  value(): Tensor {
    return this.read(this.variables[0]);
  }

  assign(value: Tensor): void {
    checkLength(value.size, this.shape);
    this.ops.run('AssignVariableOp', [this.ops.type('dtype')], [this.variables[0], value]);
  }

  update(gradient: Tensor, { learningRate, step, beta1, beta2, epsilon }: AdamUpdate): void {
    checkLength(gradient.size, this.shape);
    const correction = Math.sqrt(1 - beta2 ** step);
    // TensorFlow adds ε before the bias correction of √v: lr·√(1−β₂ᵗ)/(1−β₁ᵗ) · m / (√v + ε·√(1−β₂ᵗ)) is torch's step.
    const numbers = [beta1 ** step, beta2 ** step, learningRate, beta1, beta2, epsilon * correction];
    const scalars = numbers.map((number) => tf.scalar(number, 'float32'));
    const attributes = [this.ops.type('T'), this.ops.bool('use_locking', false), this.ops.bool('use_nesterov', false)];
    this.ops.run('ResourceApplyAdam', attributes, [...this.variables, ...scalars, gradient]);
    tf.dispose(scalars);
  }

  snapshot(): AdamSnapshot {
    const [value, firstMoment, secondMoment] = this.variables.map((variable) => {
      const tensor = this.read(variable);
      const data = tensor.dataSync() as Float32Array;
      tensor.dispose();
      return data;
    });
    return copySnapshot({ value, firstMoment, secondMoment }, this.shape);
  }

  restore(snapshot: AdamSnapshot): void {
    const { value, firstMoment, secondMoment } = snapshot;
    for (const data of [value, firstMoment, secondMoment]) checkLength(data.length, this.shape);
    [value, firstMoment, secondMoment].forEach((data, i) => {
      // A copy: TensorFlow uses the array's own memory, and updates it in place.
      const tensor = tf.tensor(data.slice(), this.shape, 'float32');
      this.ops.run('AssignVariableOp', [this.ops.type('dtype')], [this.variables[i], tensor]);
      tensor.dispose();
    });
  }

  dispose(): void {
    for (const variable of this.variables) {
      this.ops.run('DestroyResourceOp', [this.ops.bool('ignore_lookup_error', true)], [variable]);
      this.ops.free(variable);
    }
  }

  private createVariable(): number {
    const { ops } = this;
    const attributes = [
      ops.string('container', ''),
      ops.string('shared_name', `featurescope-parameter-${nVariables++}`),
      ops.type('dtype'),
      ops.shape('shape', this.shape),
    ];
    return ops.handle('VarHandleOp', attributes, []);
  }

  private read(variable: number): Tensor {
    return this.ops.tensor('ReadVariableOp', [this.ops.type('dtype')], [variable]);
  }
}
