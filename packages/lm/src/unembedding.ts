import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelConfig } from './model-config.ts';
import type { OuterWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { createSession, float32Tensor, float32Values } from './onnx-session.ts';

/** The way from the residual stream to logits. The unembedding matrix is an input of the graphs instead of a constant
 *  in them, so that it is in memory once, and with tied embeddings is the very array that tokens are looked up in. */
export class Unembedding {
  readonly #config: ModelConfig;
  readonly #normed: InferenceSession;
  readonly #plain: InferenceSession;
  readonly #feeds: Record<'unembedding' | 'gain', Tensor>;

  private constructor(
    config: ModelConfig,
    weights: OuterWeights,
    sessions: { normed: InferenceSession; plain: InferenceSession },
  ) {
    this.#config = config;
    this.#normed = sessions.normed;
    this.#plain = sessions.plain;
    this.#feeds = {
      unembedding: float32Tensor(weights.unembedding, [config.vocabSize, config.dModel]),
      gain: float32Tensor(weights.finalNormGain, [config.dModel]),
    };
  }

  static async create(config: ModelConfig, weights: OuterWeights, threads?: number): Promise<Unembedding> {
    const normed = await createSession(normAndUnembedGraph(config), threads);
    return new Unembedding(config, weights, { normed, plain: await createSession(unembedGraph(config), threads) });
  }

  /** Final norm and unembedding: rows [nRows, dModel] → logits [nRows, vocabSize]. */
  async normAndUnembed(rows: Float32Array, nRows: number): Promise<Float32Array> {
    return this.#run(this.#normed, this.#feeds, { rows, nRows });
  }

  /** Unembedding alone, for directions that were folded through the norm by hand. */
  async unembed(rows: Float32Array, nRows: number): Promise<Float32Array> {
    return this.#run(this.#plain, { unembedding: this.#feeds.unembedding }, { rows, nRows });
  }

  async #run(
    session: InferenceSession,
    feeds: Record<string, Tensor>,
    { rows, nRows }: { rows: Float32Array; nRows: number },
  ): Promise<Float32Array> {
    const outputs = await session.run({ ...feeds, rows: float32Tensor(rows, [nRows, this.#config.dModel]) });
    return float32Values(outputs.logits);
  }

  async dispose(): Promise<void> {
    await this.#normed.release();
    await this.#plain.release();
  }
}

/** Adds rows → final norm → logits to a graph. prefix keeps two such paths in one graph apart. */
export function addNormAndUnembed(graph: OnnxGraph, config: ModelConfig, prefix: string): string {
  const rows = graph.input(`${prefix}rows`, ['n', config.dModel]);
  const normed = graph.rmsNorm(rows, 'gain', { epsilon: config.rmsNormEps, output: `${prefix}normed` });
  return graph.linear(normed, 'unembedding', `${prefix}logits`);
}

/** Declares the weights that addNormAndUnembed uses. */
export function declareOuterWeights(graph: OnnxGraph, { vocabSize, dModel }: ModelConfig): void {
  graph.input('unembedding', [vocabSize, dModel]);
  graph.input('gain', [dModel]);
}

function normAndUnembedGraph(config: ModelConfig): OnnxGraph {
  const graph = new OnnxGraph();
  declareOuterWeights(graph, config);
  graph.output(addNormAndUnembed(graph, config, ''), ['n', config.vocabSize]);
  return graph;
}

function unembedGraph(config: ModelConfig): OnnxGraph {
  const graph = new OnnxGraph();
  graph.input('unembedding', [config.vocabSize, config.dModel]);
  const rows = graph.input('rows', ['n', config.dModel]);
  graph.output(graph.linear(rows, 'unembedding', 'logits'), ['n', config.vocabSize]);
  return graph;
}
