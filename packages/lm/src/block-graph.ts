import { INNER_HOOKS } from './hook-points.ts';
import type { ModelConfig } from './model-config.ts';
import { OnnxGraph } from './onnx-graph.ts';

/** One transformer block's weights; matrices are [width out, width in] as stored. */
export interface BlockWeights {
  /** Query, key and value projections one under the other: [(nHeads + 2 nKvHeads) · headDim, dModel]. */
  qkv: Float32Array;
  attentionOut: Float32Array;
  gate: Float32Array;
  up: Float32Array;
  down: Float32Array;
  attentionNorm: Float32Array;
  mlpNorm: Float32Array;
}

/** A llama block as an ONNX graph.
 *  Inputs: residual [batch, seqLen, dModel]; past_key and past_value [batch, nKvHeads, past, headDim];
 *  last_position [batch] and total_positions (a scalar) as GroupQueryAttention wants them; cos and sin, the rotary
 *  tables, which all blocks share. Outputs: resid_post, present_key, present_value, and every inner hook;
 *  those that a run does not ask for are not copied out of the runtime. */
export function blockGraph(config: ModelConfig, weights: BlockWeights): OnnxGraph {
  const { dModel, nHeads, nKvHeads, headDim, dMlp, rmsNormEps: epsilon } = config;
  const graph = new OnnxGraph();
  const x = graph.input('residual', ['batch', 'seq', dModel]);
  declareAttentionInputs(graph, config);

  const attentionNorm = graph.weight('attention_norm', [dModel], weights.attentionNorm);
  const normed = graph.rmsNorm(x, attentionNorm, { epsilon, output: 'attn_in' });
  const qkvRows = (nHeads + 2 * nKvHeads) * headDim;
  const qkv = graph.linear(normed, graph.weight('w_qkv', [qkvRows, dModel], weights.qkv), 'qkv');
  const z = graph.node(
    'GroupQueryAttention',
    [qkv, '', '', 'past_key', 'past_value', 'last_position', 'total_positions', 'cos', 'sin'],
    [INNER_HOOKS['attn.hook_z'], 'present_key', 'present_value'],
    { num_heads: nHeads, kv_num_heads: nKvHeads, do_rotary: 1 },
  );
  const wOut = graph.weight('w_out', [dModel, nHeads * headDim], weights.attentionOut);
  const attnOut = graph.linear(z, wOut, INNER_HOOKS.hook_attn_out);

  const mlpNorm = graph.weight('mlp_norm', [dModel], weights.mlpNorm);
  const residMid = INNER_HOOKS.hook_resid_mid;
  const mlpIn = graph.node('SkipSimplifiedLayerNormalization', [x, attnOut, mlpNorm], ['mlp_in', '', '', residMid], {
    epsilon: { float: epsilon },
  });
  const gate = graph.linear(mlpIn, graph.weight('w_gate', [dMlp, dModel], weights.gate), 'gate');
  const up = graph.linear(mlpIn, graph.weight('w_up', [dMlp, dModel], weights.up), 'up');
  const silu = graph.node('QuickGelu', [gate], 'silu', { alpha: { float: 1 } });
  const mlpPost = graph.node('Mul', [silu, up], INNER_HOOKS['mlp.hook_post']);
  const mlpOut = graph.linear(mlpPost, graph.weight('w_down', [dModel, dMlp], weights.down), INNER_HOOKS.hook_mlp_out);
  graph.node('Add', [residMid, mlpOut], 'resid_post');

  declareOutputs(graph, config);
  return graph;
}

function declareAttentionInputs(graph: OnnxGraph, { nKvHeads, headDim }: ModelConfig): void {
  graph.input('past_key', ['batch', nKvHeads, 'past', headDim]);
  graph.input('past_value', ['batch', nKvHeads, 'past', headDim]);
  graph.input('last_position', ['batch'], 'int32');
  graph.input('total_positions', [], 'int32');
  graph.input('cos', ['context', headDim / 2]);
  graph.input('sin', ['context', headDim / 2]);
}

function declareOutputs(graph: OnnxGraph, { dModel, nHeads, nKvHeads, headDim, dMlp }: ModelConfig): void {
  const widths = {
    'attn.hook_z': nHeads * headDim,
    hook_attn_out: dModel,
    hook_resid_mid: dModel,
    'mlp.hook_post': dMlp,
    hook_mlp_out: dModel,
  } satisfies Record<keyof typeof INNER_HOOKS, number>;
  for (const [hook, output] of Object.entries(INNER_HOOKS)) {
    graph.output(output, ['batch', 'seq', widths[hook as keyof typeof widths]]);
  }
  graph.output('resid_post', ['batch', 'seq', dModel]);
  graph.output('present_key', ['batch', nKvHeads, 'total', headDim]);
  graph.output('present_value', ['batch', nKvHeads, 'total', headDim]);
}
