import { createRequire } from 'node:module';
import onnxProto from 'onnx-proto';
import { Tensor } from 'onnxruntime-node';

const require = createRequire(import.meta.url);
// A CommonJS bundle whose names Node cannot see.
const { onnx } = onnxProto;

interface SynchronousSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(feeds: Record<string, Tensor>, fetches: Record<string, Tensor>, options: object): void;
}

interface OrtBinding {
  binding: { InferenceSession: new () => SynchronousSession };
  initOrt(): void;
}

/** A row-major float32 matrix. */
export interface MatrixView {
  data: Float32Array;
  shape: [number, number];
}

/** Matrix products on ONNX Runtime's CPU Gemm, through the synchronous binding beneath its asynchronous API: TensorFlow.js
 *  kernels must return at once. */
export class OnnxGemm {
  private readonly sessions = new Map<string, SynchronousSession>();
  private readonly threads: number;

  constructor(threads: number) {
    this.threads = threads;
    (require('onnxruntime-node/dist/binding.js') as OrtBinding).initOrt();
  }

  /** out ← op(a) · op(b), where op transposes as told. */
  multiply(a: MatrixView, b: MatrixView, out: MatrixView, transpose: { a: boolean; b: boolean }): void {
    const asTensor = ({ data, shape }: MatrixView) => new Tensor('float32', data, shape);
    this.session(transpose.a, transpose.b).run({ a: asTensor(a), b: asTensor(b) }, { c: asTensor(out) }, {});
  }

  private session(transposeA: boolean, transposeB: boolean): SynchronousSession {
    const key = `${transposeA},${transposeB}`;
    let session = this.sessions.get(key);
    if (!session) {
      const { binding } = require('onnxruntime-node/dist/binding.js') as OrtBinding;
      session = new binding.InferenceSession();
      const model = gemmModel(transposeA, transposeB);
      const threading = { intraOpNumThreads: this.threads, extra: { session: { intra_op: { allow_spinning: '0' } } } };
      const options = { executionProviders: ['cpu'], logSeverityLevel: 3, ...threading };
      session.loadModel(model.buffer, model.byteOffset, model.byteLength, options);
      this.sessions.set(key, session);
    }
    return session;
  }
}

/** An ONNX model that is one Gemm node with free dimensions. */
function gemmModel(transposeA: boolean, transposeB: boolean): Uint8Array {
  const matrix = (name: string, rows: string, columns: string) => ({
    name,
    type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: rows }, { dimParam: columns }] } } },
  });
  const flag = (name: string, value: boolean) => ({
    name,
    i: Number(value),
    type: onnx.AttributeProto.AttributeType.INT,
  });
  const node = {
    opType: 'Gemm',
    name: 'gemm',
    input: ['a', 'b'],
    output: ['c'],
    attribute: [flag('transA', transposeA), flag('transB', transposeB)],
  };
  const input = [
    transposeA ? matrix('a', 'k', 'm') : matrix('a', 'm', 'k'),
    transposeB ? matrix('b', 'n', 'k') : matrix('b', 'k', 'n'),
  ];
  const graph = { name: 'gemm', node: [node], input, output: [matrix('c', 'm', 'n')] };
  return onnx.ModelProto.encode({ irVersion: 8, opsetImport: [{ domain: '', version: 17 }], graph }).finish();
}
