import { createRequire } from 'node:module';
import type { onnx as OnnxNamespace } from 'onnx-proto';

// The package is CommonJS whose exports Node cannot list ahead of time, so a named ESM import of it fails.
const { onnx } = createRequire(import.meta.url)('onnx-proto') as { onnx: typeof OnnxNamespace };

/** Numbers as ONNX's TensorProto.DataType has them. */
const DATA_TYPES = { float32: 1, int32: 6, int64: 7 } as const;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** Operators of ONNX Runtime's own domain that the graphs use. */
const MICROSOFT_OPERATORS = new Set([
  'FastGelu',
  'FusedMatMul',
  'Gelu',
  'GroupQueryAttention',
  'QuickGelu',
  'SkipLayerNormalization',
  'SkipSimplifiedLayerNormalization',
]);

type DataType = keyof typeof DATA_TYPES;

/** A size, or the name of one that is only known when the graph runs. */
type Dimension = number | string;

/** A plain number is an integer attribute. */
type Attributes = Record<string, number | { float: number }>;

/** Builds an ONNX model in memory, node after node; every method returns the name of the value it added. */
export class OnnxGraph {
  readonly #nodes: OnnxNamespace.INodeProto[] = [];
  readonly #inputs: OnnxNamespace.IValueInfoProto[] = [];
  readonly #outputs: OnnxNamespace.IValueInfoProto[] = [];
  readonly #weights: OnnxNamespace.ITensorProto[] = [];

  input(name: string, shape: readonly Dimension[], type: DataType = 'float32'): string {
    this.#inputs.push(valueInfo(name, shape, type));
    return name;
  }

  output(name: string, shape: readonly Dimension[], type: DataType = 'float32'): string {
    this.#outputs.push(valueInfo(name, shape, type));
    return name;
  }

  /** A constant, row-major. */
  weight(name: string, shape: readonly number[], values: Float32Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#weights.push({ name, dims: [...shape], dataType: DATA_TYPES.float32, rawData });
    return name;
  }

  integers(name: string, values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#weights.push({ name, dims: [values.length], dataType: DATA_TYPES.int64, rawData });
    return name;
  }

  /** Adds an operator. outputs: one name, or several, '' for one that is not used. Returns the first. */
  node(
    opType: string,
    inputs: readonly string[],
    outputs: string | readonly string[],
    attributes: Attributes = {},
  ): string {
    const names = typeof outputs === 'string' ? [outputs] : [...outputs];
    this.#nodes.push({
      name: `${opType}_${names.find((name) => name !== '')}`,
      opType,
      domain: MICROSOFT_OPERATORS.has(opType) ? 'com.microsoft' : '',
      input: [...inputs],
      output: names,
      attribute: Object.entries(attributes).map(([name, value]) =>
        typeof value === 'number'
          ? { name, type: ATTRIBUTE_INT, i: value }
          : { name, type: ATTRIBUTE_FLOAT, f: value.float },
      ),
    });
    return names[0];
  }

  /** x · weightᵀ, the form in which linear layers are stored: weight is [width out, width in]. */
  linear(x: string, weight: string, output: string): string {
    return this.node('FusedMatMul', [x, weight], output, { transB: 1 });
  }

  /** Over the last axis. Without bias x / √(mean x² + epsilon) · gain, with one (x − mean) / √(variance + epsilon) · gain + bias. */
  norm(x: string, weights: { gain: string; bias?: string }, options: { epsilon: number; output: string }): string {
    const attributes = { epsilon: { float: options.epsilon }, axis: -1, stash_type: 1 };
    return weights.bias === undefined
      ? this.node('SimplifiedLayerNormalization', [x, weights.gain], options.output, attributes)
      : this.node('LayerNormalization', [x, weights.gain, weights.bias], options.output, attributes);
  }

  /** cap · tanh(x / cap). */
  softcap(x: string, cap: number, output: string): string {
    const size = this.weight(`${output}_cap`, [], Float32Array.of(cap));
    const scaled = this.node('Div', [x, size], `${output}_scaled`);
    return this.node('Mul', [this.node('Tanh', [scaled], `${output}_tanh`), size], output);
  }

  /** The serialised ModelProto. */
  encode(): Uint8Array {
    return onnx.ModelProto.encode({
      irVersion: IR_VERSION,
      opsetImport: [
        { domain: '', version: OPSET_VERSION },
        { domain: 'com.microsoft', version: 1 },
      ],
      graph: {
        name: 'featurescope',
        node: this.#nodes,
        input: this.#inputs,
        output: this.#outputs,
        initializer: this.#weights,
      },
    }).finish();
  }
}

function valueInfo(name: string, shape: readonly Dimension[], type: DataType): OnnxNamespace.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'string' ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPES[type], shape: { dim } } } };
}
