import * as tf from '@tensorflow/tfjs-node';

export { tf };

type Attribute = { name: string; type: number; value: unknown };

interface NativeBackend {
  binding: Record<string, number>;
  executeSingleOutput(op: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(op: string, attributes: Attribute[], inputs: tf.Tensor[], nOutputs: number): tf.Tensor[];
}

function native(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** Attributes of a raw TensorFlow op by their kinds. */
export const attribute = {
  type: (name: string, dtype: 'TF_FLOAT' | 'TF_INT32'): Attribute => {
    const { binding } = native();
    return { name, type: binding.TF_ATTR_TYPE as number, value: binding[dtype] };
  },
  bool: (name: string, value: boolean): Attribute => ({ name, type: native().binding.TF_ATTR_BOOL as number, value }),
};

/** Runs a TensorFlow op that tfjs does not expose. The result belongs to the enclosing tidy. */
export function rawOp(op: string, attributes: Attribute[], inputs: tf.Tensor[]): tf.Tensor {
  return native().executeSingleOutput(op, attributes, inputs);
}

export function rawOps(op: string, attributes: Attribute[], inputs: tf.Tensor[], nOutputs: number): tf.Tensor[] {
  return native().executeMultipleOutputs(op, attributes, inputs, nOutputs);
}
