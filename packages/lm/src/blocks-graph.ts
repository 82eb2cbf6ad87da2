import type { Activation, Description } from './architectures/architecture.ts';
import { INNER_HOOKS, innerHooks } from './hook-points.ts';
import { isPacked } from './matrix.ts';
import type { BlockWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { rotaryInputs } from './rotary-tables.ts';
import { type Linear, type NormWeights, rowsOf } from './tensor-reader.ts';

/** Consecutive transformer blocks as one ONNX graph. What a block computes has its names, see blockValue.
 *  Inputs: residual [batch, seqLen, dModel]; of each block past_key and past_value [batch, nKvHeads, past, headDim];
 *  last_position [batch] and total_positions (a scalar) as GroupQueryAttention wants them; with rotary positions the
 *  tables, see rotaryInputs, which blocks share; first_position [1], how many positions are past. Outputs: of each block
 *  new_key and new_value, those of the positions that are not past; of the last one resid_post and every inner hook, too.
 *  Those that a run does not ask for are not copied out of the runtime. */
export function blocksGraph(
  description: Description,
  blocks: readonly { layer: number; weights: BlockWeights }[],
  { roundsInputs = false }: { roundsInputs?: boolean } = {},
): OnnxGraph {
  const graph = new OnnxGraph();
  const { shape, attention, residual } = description;
  const { nKvHeads, headDim, dModel } = shape;
  let x = graph.input('residual', ['batch', 'seq', dModel]);
  graph.input('last_position', ['batch'], 'int32');
  graph.input('total_positions', [], 'int32');
  graph.input('first_position', [1], 'int64');
  const newPositions = ['first_position', graph.integers('no_end', [2 ** 31]), graph.integers('position_axis', [2])];
  const tables = blocks.flatMap(({ layer }) => rotaryInputs(attention, layer) ?? []);
  for (const name of new Set(tables)) graph.input(name, ['context', headDim / 2]);
  for (const { layer, weights } of blocks) {
    for (const past of ['past_key', 'past_value']) {
      graph.input(blockValue(layer, past), ['batch', nKvHeads, 'past', headDim]);
    }
    x = new BlockGraph(graph, { description, layer, weights, roundsInputs }).build(x);
    for (const part of ['key', 'value']) {
      const added = blockValue(layer, `new_${part}`);
      graph.node('Slice', [blockValue(layer, `present_${part}`), ...newPositions], added);
      graph.output(added, ['batch', nKvHeads, 'seq', headDim]);
    }
  }
  const { layer } = blocks[blocks.length - 1];
  for (const { hook, width } of innerHooks({ ...shape, residual })) {
    graph.output(blockValue(layer, INNER_HOOKS[hook]), ['batch', 'seq', width]);
  }
  graph.output(x, ['batch', 'seq', dModel]);
  return graph;
}

/** What a value of a block is called in the graph. */
export const blockValue = (layer: number, name: string) => `${name}_${layer}`;

/** Adds one block to a graph. */
class BlockGraph {
  readonly #graph: OnnxGraph;
  readonly #description: Description;
  readonly #layer: number;
  readonly #weights: BlockWeights;
  readonly #roundsInputs: boolean;

  constructor(
    graph: OnnxGraph,
    block: { description: Description; layer: number; weights: BlockWeights; roundsInputs: boolean },
  ) {
    this.#graph = graph;
    this.#description = block.description;
    this.#layer = block.layer;
    this.#weights = block.weights;
    this.#roundsInputs = block.roundsInputs;
  }

  /** Returns the residual stream that leaves the block. */
  build(x: string): string {
    const weights = this.#weights;
    const { residual } = this.#description;
    const attentionIn = this.#norm(x, this.#own('attn_in'), weights.attentionNorm);
    const attentionOut = this.#attention(attentionIn);
    const output = this.#own('resid_post');
    if (residual === 'parallel') {
      const mlpOut = this.#mlp(this.#norm(x, this.#own('mlp_in'), weights.mlpNorm));
      return this.#graph.node(
        'Add',
        [this.#graph.node('Add', [mlpOut, attentionOut], this.#own('written')), x],
        output,
      );
    }
    const { sum, normed } = this.#addAndNorm(x, attentionOut);
    return this.#graph.node('Add', [sum, this.#mlp(normed)], output);
  }

  #own(name: string): string {
    return blockValue(this.#layer, name);
  }

  #attention(normed: string): string {
    const { shape, attention } = this.#description;
    const scale = attention.scale?.(this.#layer);
    const window = attention.window?.(this.#layer);
    const tables = rotaryInputs(attention, this.#layer);
    const own = (name: string) => this.#own(name);
    const z = this.#graph.node(
      'GroupQueryAttention',
      [
        ...this.#queryKeyValue(normed),
        ...[own('past_key'), own('past_value'), 'last_position', 'total_positions'],
        ...(tables ?? []),
      ],
      [own(INNER_HOOKS['attn.hook_z']), own('present_key'), own('present_value')],
      {
        num_heads: shape.nHeads,
        kv_num_heads: shape.nKvHeads,
        do_rotary: tables ? 1 : 0,
        ...(scale !== undefined && { scale: { float: scale } }),
        ...(attention.softcap && { softcap: { float: attention.softcap } }),
        ...(window && { local_window_size: window }),
      },
    );
    const { attentionOut, attentionPostNorm } = this.#weights;
    return this.#written(z, own(INNER_HOOKS.hook_attn_out), { linear: attentionOut, postNorm: attentionPostNorm });
  }

  /** One packed matrix product; three where queries and keys have to be normed in between. */
  #queryKeyValue(normed: string): [string, string, string] {
    const { shape, attention } = this.#description;
    const { qkv, queryNorm, keyNorm } = this.#weights;
    if (!attention.qkNorm || !queryNorm || !keyNorm) return [this.#linear(normed, this.#own('qkv'), qkv), '', ''];
    const sizes = [shape.nHeads, shape.nKvHeads, shape.nKvHeads].map((nHeads) => nHeads * shape.headDim);
    const [query, key, value] = rowsOf(qkv, sizes);
    return [
      this.#headNorm(this.#linear(normed, this.#own('q'), query), this.#own('query'), {
        norm: queryNorm,
        nHeads: shape.nHeads,
      }),
      this.#headNorm(this.#linear(normed, this.#own('k'), key), this.#own('key'), {
        norm: keyNorm,
        nHeads: shape.nKvHeads,
      }),
      this.#linear(normed, this.#own('value'), value),
    ];
  }

  /** Norms each head for itself: [batch, seqLen, nHeads · headDim]. */
  #headNorm(x: string, output: string, { norm, nHeads }: { norm: NormWeights; nHeads: number }): string {
    const { headDim } = this.#description.shape;
    const graph = this.#graph;
    const heads = graph.node('Reshape', [x, graph.integers(`${output}_heads`, [0, 0, nHeads, headDim])], `${x}_heads`);
    const normed = this.#norm(heads, `${x}_normed`, norm);
    return graph.node('Reshape', [normed, graph.integers(`${output}_row`, [0, 0, nHeads * headDim])], output);
  }

  #mlp(normed: string): string {
    const { gate, up, down, mlpPostNorm } = this.#weights;
    const { activation } = this.#description.mlp;
    const post = this.#own(INNER_HOOKS['mlp.hook_post']);
    if (gate) {
      const gateIn = this.#linear(normed, this.#own('gate'), gate);
      const upOut = this.#linear(normed, this.#own('up'), up);
      this.#graph.node('Mul', [this.#activate(gateIn, this.#own('activated'), activation), upOut], post);
    } else {
      this.#activate(this.#linear(normed, this.#own('up'), up), post, activation);
    }
    return this.#written(post, this.#own(INNER_HOOKS.hook_mlp_out), { linear: down, postNorm: mlpPostNorm });
  }

  /** What attention or MLP adds to the residual stream. */
  #written(x: string, output: string, { linear, postNorm }: { linear: Linear; postNorm?: NormWeights }): string {
    if (!postNorm) return this.#linear(x, output, linear);
    return this.#norm(this.#linear(x, `${output}_plain`, linear), output, postNorm);
  }

  #activate(x: string, output: string, activation: Activation): string {
    if (activation === 'silu') return this.#graph.node('QuickGelu', [x], output, { alpha: { float: 1 } });
    return this.#graph.node({ gelu: 'Gelu', 'gelu-tanh': 'FastGelu', relu: 'Relu' }[activation], [x], output);
  }

  #linear(x: string, output: string, linear: Linear): string {
    const { rows, bias } = linear;
    if (!bias) return this.#product(x, output, linear);
    const graph = this.#graph;
    const product = this.#product(x, `${output}_product`, linear);
    return graph.node('Add', [product, graph.weight(`b_${output}`, [rows], bias)], output);
  }

  #product(x: string, output: string, { weight, rows, columns }: Linear): string {
    const graph = this.#graph;
    if (!isPacked(weight)) return graph.linear(x, graph.weight(`w_${output}`, [rows, columns], weight), output);
    return graph.packedLinear(x, weight, { rows, columns, roundsInputs: this.#roundsInputs, output });
  }

  #norm(x: string, output: string, weights: NormWeights): string {
    const { epsilon } = this.#description.norm;
    return this.#graph.norm(x, this.#normConstants(output, weights), { epsilon, output });
  }

  /** What the MLP reads when attention has written: their sum, which is the residual stream, and its norm. */
  #addAndNorm(x: string, attentionOut: string): { sum: string; normed: string } {
    const { kind, epsilon } = this.#description.norm;
    const sum = this.#own(INNER_HOOKS.hook_resid_mid);
    const normed = this.#own('mlp_in');
    const operator = kind === 'rms' ? 'SkipSimplifiedLayerNormalization' : 'SkipLayerNormalization';
    const { gain, bias } = this.#normConstants(normed, this.#weights.mlpNorm);
    const inputs = [x, attentionOut, gain, ...(bias ? [bias] : [])];
    this.#graph.node(operator, inputs, [normed, '', '', sum], { epsilon: { float: epsilon } });
    return { sum, normed };
  }

  #normConstants(output: string, { gain, bias }: NormWeights): { gain: string; bias?: string } {
    const graph = this.#graph;
    return {
      gain: graph.weight(`gain_${output}`, [gain.length], gain),
      ...(bias && { bias: graph.weight(`offset_${output}`, [bias.length], bias) }),
    };
  }
}
