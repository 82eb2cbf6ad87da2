import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxGraph } from './onnx-graph.ts';

/** A compiled graph. threads: for each operator, 0 means one for each core. */
export function createSession(graph: OnnxGraph, threads = 0): Promise<InferenceSession> {
  return InferenceSession.create(graph.encode(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads || availableParallelism(),
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    // Idle threads that spin would fight for the cores: each block has a session, and so a thread pool, of its own.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
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
