import { createRequire } from 'node:module';
import type { onnx as OnnxNamespace } from 'onnx-proto';
import { PACKED_BLOCK, type PackedMatrix } from './matrix.ts';

// The package is CommonJS whose exports Node cannot list ahead of time, so a named ESM import of it fails.
const { onnx } = createRequire(import.meta.url)('onnx-proto') as { onnx: typeof OnnxNamespace };

/** Numbers as ONNX's TensorProto.DataType has them. */
const DATA_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;
const ATTRIBUTE_FLOAT = 1;
const ATTRIBUTE_INT = 2;
const IR_VERSION = 8;
const OPSET_VERSION = 17;

/** MatMulNBits' accuracy levels: what the inputs are rounded to. */
const FLOAT32_PRODUCTS = 1;
const INTEGER_PRODUCTS = 4;

/** Operators of ONNX Runtime's own domain that the graphs use. */
const MICROSOFT_OPERATORS = new Set([
  'FastGelu',
  'FusedMatMul',
  'Gelu',
  'GroupQueryAttention',
  'MatMulNBits',
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
  readonly #blockSums = new Map<string, string>();

  input(name: string, shape: readonly Dimension[], type: DataType = 'float32'): string {
    this.#inputs.push(valueInfo(name, shape, type));
    return name;
  }

  output(name: string, shape: readonly Dimension[], type: DataType = 'float32'): string {
    this.#outputs.push(valueInfo(name, shape, type));
    return name;
  }

  /** A constant, row-major. */
  weight(name: string, shape: readonly number[], values: Float32Array | Uint8Array): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const dataType = values instanceof Float32Array ? DATA_TYPES.float32 : DATA_TYPES.uint8;
    this.#weights.push({ name, dims: [...shape], dataType, rawData });
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

  /** x · weightᵀ for a packed weight [rows, columns]. roundsInputs: x is rounded to 8 bits, with a scale for each block of
   *  32, and the products are those of integers: faster, and not exact. */
  packedLinear(
    x: string,
    { bits, codes, scales, offsets }: PackedMatrix,
    { rows, columns, roundsInputs, output }: { rows: number; columns: number; roundsInputs: boolean; output: string },
  ): string {
    const nBlocks = columns / PACKED_BLOCK;
    const inputs = [
      x,
      this.weight(`${output}_codes`, [rows, nBlocks, codes.length / (rows * nBlocks)], codes),
      this.weight(`${output}_scales`, [rows * nBlocks], scales),
    ];
    const product = this.node('MatMulNBits', inputs, offsets ? `${output}_scaled` : output, {
      ...{ K: columns, N: rows, bits, block_size: PACKED_BLOCK },
      accuracy_level: roundsInputs ? INTEGER_PRODUCTS : FLOAT32_PRODUCTS,
    });
    if (!offsets) return product;
    // An offset is the same for a whole block, so it multiplies the block's sum: a 32nd of the work. As the operator's
    // own zero points, which must be float32 then, it would take the operator off its fast path.
    const matrix = this.weight(`${output}_offsets`, [rows, nBlocks], offsets);
    return this.node('Add', [product, this.linear(this.#sumsOfBlocks(x, nBlocks), matrix, `${output}_offset`)], output);
  }

  /** The sums of the 32 values of each block: [batch, seq, columns] → [batch, seq, nBlocks]. */
  #sumsOfBlocks(x: string, nBlocks: number): string {
    const known = this.#blockSums.get(x);
    if (known) return known;
    const shape = this.integers(`${x}_block_shape`, [0, 0, nBlocks, PACKED_BLOCK]);
    const blocks = this.node('Reshape', [x, shape], `${x}_blocks`);
    const axis = this.integers(`${x}_block_axis`, [3]);
    const sums = this.node('ReduceSum', [blocks, axis], `${x}_block_sums`, { keepdims: 0 });
    this.#blockSums.set(x, sums);
    return sums;
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
