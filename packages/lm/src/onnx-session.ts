import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxGraph } from './onnx-graph.ts';

/** Of 20, 50 and 200 µs; the last gained nothing over the second, and takes more from others. */
const SPIN_MICROSECONDS = '50';

/** A compiled graph. threads: for each operator, 0 means one for each core. */
export function createSession(graph: OnnxGraph, threads = 0): Promise<InferenceSession> {
  return InferenceSession.create(graph.encode(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads || availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Between two operators of a token's pass a thread waits a few microseconds; to wake one that sleeps takes longer than
    // the operator. So they spin, but not for long, and never between runs: each session has threads of its own, which
    // would take the cores from the next one's and from other processes.
    extra: {
      session: { intra_op: { allow_spinning: '1', spin_duration_us: SPIN_MICROSECONDS }, force_spinning_stop: '1' },
    },
  });
}

/** A view of values as a tensor: nothing is copied. */
export function float32Tensor(values: Float32Array, shape: readonly number[]): Tensor {
  return new Tensor('float32', values, shape);
}

export function int32Tensor(values: Int32Array, shape: readonly number[]): Tensor {
  return new Tensor('int32', values, shape);
}

/** A tensor's values, of which there is always a float32 copy on the CPU here. */
export function float32Values(tensor: Tensor): Float32Array {
  return tensor.data as Float32Array;
}
