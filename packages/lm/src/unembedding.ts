import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Description } from './architectures/architecture.ts';
import type { OuterWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { createSession, float32Tensor, float32Values } from './onnx-session.ts';

/** The way from the residual stream to logits. The unembedding matrix is an input of the graphs instead of a constant
 *  in them, so that it is in memory once, and with tied embeddings is the very array that tokens are looked up in. */
export class Unembedding {
  readonly #dModel: number;
  readonly #normed: InferenceSession;
  readonly #plain: InferenceSession;
  readonly #feeds: OuterFeeds;

  private constructor(
    feeds: OuterFeeds,
    sessions: { normed: InferenceSession; plain: InferenceSession },
    dModel: number,
  ) {
    this.#dModel = dModel;
    this.#normed = sessions.normed;
    this.#plain = sessions.plain;
    this.#feeds = feeds;
  }

  static async create(description: Description, weights: OuterWeights, threads?: number): Promise<Unembedding> {
    const normed = await createSession(normAndUnembedGraph(description), threads);
    const plain = await createSession(unembedGraph(description), threads);
    return new Unembedding(outerFeeds(description, weights), { normed, plain }, description.shape.dModel);
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
    const outputs = await session.run({ ...feeds, rows: float32Tensor(rows, [nRows, this.#dModel]) });
    return float32Values(outputs.logits);
  }

  async dispose(): Promise<void> {
    await this.#normed.release();
    await this.#plain.release();
  }
}

/** The weights that addNormAndUnembed uses, by the names it gives them. */
export type OuterFeeds = { unembedding: Tensor; gain: Tensor; offset?: Tensor };

export function outerFeeds({ shape }: Description, { unembedding, finalNorm }: OuterWeights): OuterFeeds {
  const { vocabSize, dModel } = shape;
  return {
    unembedding: float32Tensor(unembedding, [vocabSize, dModel]),
    gain: float32Tensor(finalNorm.gain, [dModel]),
    ...(finalNorm.bias && { offset: float32Tensor(finalNorm.bias, [dModel]) }),
  };
}

/** Adds rows → final norm → logits to a graph. prefix keeps two such paths in one graph apart. */
export function addNormAndUnembed(graph: OnnxGraph, description: Description, prefix: string): string {
  const { shape, norm, logitSoftcap } = description;
  const rows = graph.input(`${prefix}rows`, ['n', shape.dModel]);
  const weights = norm.kind === 'layer' ? { gain: 'gain', bias: 'offset' } : { gain: 'gain' };
  const normed = graph.norm(rows, weights, { epsilon: norm.epsilon, output: `${prefix}normed` });
  if (!logitSoftcap) return graph.linear(normed, 'unembedding', `${prefix}logits`);
  return graph.softcap(graph.linear(normed, 'unembedding', `${prefix}uncapped`), logitSoftcap, `${prefix}logits`);
}

/** Declares the weights that addNormAndUnembed uses. */
export function declareOuterWeights(graph: OnnxGraph, { shape, norm }: Description): void {
  graph.input('unembedding', [shape.vocabSize, shape.dModel]);
  graph.input('gain', [shape.dModel]);
  if (norm.kind === 'layer') graph.input('offset', [shape.dModel]);
}

function normAndUnembedGraph(description: Description): OnnxGraph {
  const graph = new OnnxGraph();
  declareOuterWeights(graph, description);
  graph.output(addNormAndUnembed(graph, description, ''), ['n', description.shape.vocabSize]);
  return graph;
}

function unembedGraph({ shape }: Description): OnnxGraph {
  const graph = new OnnxGraph();
  graph.input('unembedding', [shape.vocabSize, shape.dModel]);
  const rows = graph.input('rows', ['n', shape.dModel]);
  graph.output(graph.linear(rows, 'unembedding', 'logits'), ['n', shape.vocabSize]);
  return graph;
}
