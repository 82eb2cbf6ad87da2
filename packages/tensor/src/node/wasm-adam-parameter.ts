import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { AdamMoments, AdamParameter, AdamSnapshot, AdamUpdate } from '../kernels.ts';
import { checkLength, copySnapshot, type InitialAdam, stepAdam } from '../portable/adam-parameter.ts';
import { heapView, heapZeros, shareTensor, type WasmBackend } from './wasm-heap.ts';

/** Adam with the value on the wasm heap, where the step writes it and products read it, and the moments on the host. */
export class WasmAdamParameter implements AdamParameter {
  readonly shape: number[];
  private readonly backend: WasmBackend;
  private current: Tensor;
  private moments: AdamMoments;

  constructor(backend: WasmBackend, { value, firstMoment, secondMoment }: InitialAdam, shape: number[]) {
    this.backend = backend;
    this.shape = shape;
    const zeros = new Float32Array(firstMoment && secondMoment ? 0 : value.length);
    const { value: copy, ...moments } = copySnapshot(
      { value, firstMoment: firstMoment ?? zeros, secondMoment: secondMoment ?? zeros },
      shape,
    );
    this.current = tf.keep(tf.tensor(copy, shape, 'float32'));
    this.moments = moments;
  }

  value(): Tensor {
    return shareTensor(this.backend, this.current);
  }

  assign(value: Tensor): void {
    checkLength(value.size, this.shape);
    this.makeWritable();
    heapView(this.backend, this.current).set(heapView(this.backend, value));
  }

  update(gradient: Tensor, adam: AdamUpdate): void {
    checkLength(gradient.size, this.shape);
    this.makeWritable();
    const value = heapView(this.backend, this.current);
    stepAdam({ ...this.moments, value }, heapView(this.backend, gradient), adam);
  }

  snapshot(): AdamSnapshot {
    return copySnapshot({ ...this.moments, value: heapView(this.backend, this.current) }, this.shape);
  }

  restore(snapshot: AdamSnapshot): void {
    const { value, ...moments } = copySnapshot(snapshot, this.shape);
    this.makeWritable();
    heapView(this.backend, this.current).set(value);
    this.moments = moments;
  }

  dispose(): void {
    this.current.dispose();
    const nothing = new Float32Array(0);
    this.moments = { firstMoment: nothing, secondMoment: nothing };
  }

  /** A value that somebody has read and not disposed keeps what it was: the next one is written elsewhere. */
  private makeWritable(): void {
    if (this.backend.refCount(this.current.dataId) === 1) return;
    const copy = tf.keep(heapZeros(this.backend, this.shape));
    heapView(this.backend, copy).set(heapView(this.backend, this.current));
    this.current.dispose();
    this.current = copy;
  }
}
