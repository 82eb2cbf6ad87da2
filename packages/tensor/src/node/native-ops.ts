import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';

/** The part of tfjs-node's binding that calls any TensorFlow op eagerly; handles are numbers. */
interface Binding {
  TF_Version: string;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_INT64: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
  createTensor(shape: number[], dtype: number, values: Int32Array): number;
  deleteTensor(id: number): void;
  executeOp(name: string, attributes: Attribute[], inputIds: number[], nOutputs: number): Output[];
}

export interface NativeBackend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: TensorInfo[]): number[];
  createOutputTensor(output: Output): Tensor;
}

export interface Attribute {
  name: string;
  type: number;
  value: number | boolean | string | number[];
}

interface Output {
  id: number;
  shape: number[];
  dtype: number;
}

/** Calls raw TensorFlow ops, with tensors or bare handles (for dtypes that TensorFlow.js cannot hold, such as variants). */
export class NativeOps {
  readonly float: number;
  readonly int32: number;
  readonly int64: number;
  private readonly binding: Binding;
  private readonly backend: NativeBackend;

  constructor(backend: NativeBackend) {
    this.backend = backend;
    this.binding = backend.binding;
    this.float = this.binding.TF_FLOAT;
    this.int32 = this.binding.TF_INT32;
    this.int64 = this.binding.TF_INT64;
  }

  get isOnGpu(): boolean {
    return this.backend.isUsingGpuDevice;
  }

  type(name: string, value = this.float): Attribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }

  bool(name: string, value: boolean): Attribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  string(name: string, value: string): Attribute {
    return { name, type: this.binding.TF_ATTR_STRING, value };
  }

  shape(name: string, value: number[]): Attribute {
    return { name, type: this.binding.TF_ATTR_SHAPE, value };
  }

  handleOf(tensor: Tensor): number {
    return this.backend.getInputTensorIds([tensor])[0];
  }

  /** An op without outputs. */
  run(name: string, attributes: Attribute[], inputs: (Tensor | number)[]): void {
    this.binding.executeOp(name, attributes, this.ids(inputs), 0);
  }

  /** An op with one output, as a tensor that TensorFlow.js owns (a tidy disposes it). */
  tensor(name: string, attributes: Attribute[], inputs: (Tensor | number)[]): Tensor {
    return this.backend.createOutputTensor(this.binding.executeOp(name, attributes, this.ids(inputs), 1)[0]);
  }

  /** An op with one output, as a bare handle: `free` it. */
  handle(name: string, attributes: Attribute[], inputs: (Tensor | number)[]): number {
    return this.binding.executeOp(name, attributes, this.ids(inputs), 1)[0].id;
  }

  /** Entries `indices` of the leading dimension, one below the other: [indices.length, …]. TensorFlow.js' own gather makes a closure for
   *  each index, which cost a step more in collected garbage than the gathering itself. */
  gather(tensor: Tensor, indices: Int32Array): Tensor {
    const [where, axis] = [tf.tensor1d(indices, 'int32'), tf.scalar(0, 'int32')];
    const attributes = [this.type('Tparams'), this.type('Tindices', this.int32), this.type('Taxis', this.int32)];
    const gathered = this.tensor('GatherV2', attributes, [tensor, where, axis]);
    tf.dispose([where, axis]);
    return gathered;
  }

  /** A 64-bit integer tensor from pairs of (low, high) 32-bit words: `free` it. */
  int64Handle(shape: number[], words: Int32Array): number {
    return this.binding.createTensor(shape, this.int64, words);
  }

  free(...handles: number[]): void {
    for (const handle of handles) this.binding.deleteTensor(handle);
  }

  private ids(inputs: (Tensor | number)[]): number[] {
    return inputs.map((input) => (typeof input === 'number' ? input : this.handleOf(input)));
  }
}
