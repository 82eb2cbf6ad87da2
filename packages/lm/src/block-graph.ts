import type { Activation, Description } from './architectures/architecture.ts';
import { INNER_HOOKS, innerHooks } from './hook-points.ts';
import type { BlockWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { type Linear, type NormWeights, rowsOf } from './tensor-reader.ts';

/** A transformer block as an ONNX graph.
 *  Inputs: residual [batch, seqLen, dModel]; past_key and past_value [batch, nKvHeads, past, headDim];
 *  last_position [batch] and total_positions (a scalar) as GroupQueryAttention wants them; with rotary positions cos and
 *  sin, the tables, which blocks share. Outputs: resid_post, present_key, present_value, and every inner hook; those
 *  that a run does not ask for are not copied out of the runtime. */
export function blockGraph(description: Description, layer: number, weights: BlockWeights): OnnxGraph {
  return new BlockGraph(description, layer, weights).build();
}

class BlockGraph {
  readonly #graph = new OnnxGraph();
  readonly #description: Description;
  readonly #layer: number;
  readonly #weights: BlockWeights;

  constructor(description: Description, layer: number, weights: BlockWeights) {
    this.#description = description;
    this.#layer = layer;
    this.#weights = weights;
  }

  build(): OnnxGraph {
    const weights = this.#weights;
    const { residual, shape } = this.#description;
    const x = this.#graph.input('residual', ['batch', 'seq', shape.dModel]);
    this.#declareAttentionInputs();
    const attentionIn = this.#norm(x, 'attn_in', weights.attentionNorm);
    const attentionOut = this.#attention(attentionIn);
    if (residual === 'parallel') {
      const mlpOut = this.#mlp(this.#norm(x, 'mlp_in', weights.mlpNorm));
      this.#graph.node('Add', [this.#graph.node('Add', [mlpOut, attentionOut], 'written'), x], 'resid_post');
    } else {
      const { sum, normed } = this.#addAndNorm(x, attentionOut);
      this.#graph.node('Add', [sum, this.#mlp(normed)], 'resid_post');
    }
    this.#declareOutputs();
    return this.#graph;
  }

  #attention(normed: string): string {
    const { shape, attention } = this.#description;
    const scale = attention.scale?.(this.#layer);
    const window = attention.window?.(this.#layer);
    const hasRope = attention.rope !== undefined;
    const z = this.#graph.node(
      'GroupQueryAttention',
      [
        ...this.#queryKeyValue(normed),
        ...['past_key', 'past_value', 'last_position', 'total_positions'],
        ...(hasRope ? ['cos', 'sin'] : []),
      ],
      [INNER_HOOKS['attn.hook_z'], 'present_key', 'present_value'],
      {
        num_heads: shape.nHeads,
        kv_num_heads: shape.nKvHeads,
        do_rotary: hasRope ? 1 : 0,
        ...(scale !== undefined && { scale: { float: scale } }),
        ...(attention.softcap && { softcap: { float: attention.softcap } }),
        ...(window && { local_window_size: window }),
      },
    );
    const { attentionOut, attentionPostNorm } = this.#weights;
    return this.#written(z, INNER_HOOKS.hook_attn_out, { linear: attentionOut, postNorm: attentionPostNorm });
  }

  /** One packed matrix product; three where queries and keys have to be normed in between. */
  #queryKeyValue(normed: string): [string, string, string] {
    const { shape, attention } = this.#description;
    const { qkv, queryNorm, keyNorm } = this.#weights;
    if (!attention.qkNorm || !queryNorm || !keyNorm) return [this.#linear(normed, 'qkv', qkv), '', ''];
    const sizes = [shape.nHeads, shape.nKvHeads, shape.nKvHeads].map((nHeads) => nHeads * shape.headDim);
    const [query, key, value] = rowsOf(qkv, sizes);
    return [
      this.#headNorm(this.#linear(normed, 'q', query), 'query', { norm: queryNorm, nHeads: shape.nHeads }),
      this.#headNorm(this.#linear(normed, 'k', key), 'key', { norm: keyNorm, nHeads: shape.nKvHeads }),
      this.#linear(normed, 'value', value),
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
    const post = INNER_HOOKS['mlp.hook_post'];
    if (gate) {
      const gateIn = this.#linear(normed, 'gate', gate);
      const upOut = this.#linear(normed, 'up', up);
      this.#graph.node('Mul', [this.#activate(gateIn, 'activated', activation), upOut], post);
    } else {
      this.#activate(this.#linear(normed, 'up', up), post, activation);
    }
    return this.#written(post, INNER_HOOKS.hook_mlp_out, { linear: down, postNorm: mlpPostNorm });
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

  #linear(x: string, output: string, { weight, rows, columns, bias }: Linear): string {
    const graph = this.#graph;
    const matrix = graph.weight(`w_${output}`, [rows, columns], weight);
    if (!bias) return graph.linear(x, matrix, output);
    const product = graph.linear(x, matrix, `${output}_product`);
    return graph.node('Add', [product, graph.weight(`b_${output}`, [rows], bias)], output);
  }

  #norm(x: string, output: string, weights: NormWeights): string {
    const { epsilon } = this.#description.norm;
    return this.#graph.norm(x, this.#normConstants(output, weights), { epsilon, output });
  }

  /** What the MLP reads when attention has written: their sum, which is the residual stream, and its norm. */
  #addAndNorm(x: string, attentionOut: string): { sum: string; normed: string } {
    const { kind, epsilon } = this.#description.norm;
    const sum = INNER_HOOKS.hook_resid_mid;
    const operator = kind === 'rms' ? 'SkipSimplifiedLayerNormalization' : 'SkipLayerNormalization';
    const { gain, bias } = this.#normConstants('mlp_in', this.#weights.mlpNorm);
    const inputs = [x, attentionOut, gain, ...(bias ? [bias] : [])];
    const normed = this.#graph.node(operator, inputs, ['mlp_in', '', '', sum], { epsilon: { float: epsilon } });
    return { sum, normed };
  }

  #normConstants(output: string, { gain, bias }: NormWeights): { gain: string; bias?: string } {
    const graph = this.#graph;
    return {
      gain: graph.weight(`gain_${output}`, [gain.length], gain),
      ...(bias && { bias: graph.weight(`offset_${output}`, [bias.length], bias) }),
    };
  }

  #declareAttentionInputs(): void {
    const { shape, attention } = this.#description;
    const { nKvHeads, headDim } = shape;
    this.#graph.input('past_key', ['batch', nKvHeads, 'past', headDim]);
    this.#graph.input('past_value', ['batch', nKvHeads, 'past', headDim]);
    this.#graph.input('last_position', ['batch'], 'int32');
    this.#graph.input('total_positions', [], 'int32');
    if (!attention.rope) return;
    this.#graph.input('cos', ['context', headDim / 2]);
    this.#graph.input('sin', ['context', headDim / 2]);
  }

  #declareOutputs(): void {
    const { shape, residual } = this.#description;
    const { dModel, nKvHeads, headDim } = shape;
    for (const { hook, width } of innerHooks({ ...shape, residual })) {
      this.#graph.output(INNER_HOOKS[hook], ['batch', 'seq', width]);
    }
    this.#graph.output('resid_post', ['batch', 'seq', dModel]);
    this.#graph.output('present_key', ['batch', nKvHeads, 'total', headDim]);
    this.#graph.output('present_value', ['batch', nKvHeads, 'total', headDim]);
  }
}
