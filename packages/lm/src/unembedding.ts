import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Description } from './architectures/architecture.ts';
import type { PackedMatrix } from './matrix.ts';
import type { OuterWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { createSession, float32Tensor, float32Values } from './onnx-session.ts';

interface UnembeddingOptions {
  threads?: number;
  roundsInputs?: boolean;
}

/** The way from the residual stream to logits. The unembedding matrix is an input of the graphs instead of a constant
 *  in them, so that it is in memory once, and with tied embeddings is the very array that tokens are looked up in. Logits
 *  come from its packed form where there is one. */
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

  static async create(
    description: Description,
    weights: OuterWeights,
    { threads, roundsInputs = false }: UnembeddingOptions = {},
  ): Promise<Unembedding> {
    const { packedUnembedding: packed } = weights;
    const normed = await createSession(normAndUnembedGraph(description, packed && { packed, roundsInputs }), threads);
    const plain = await createSession(unembedGraph(description), threads);
    return new Unembedding(outerFeeds(description, weights), { normed, plain }, description.shape.dModel);
  }

  /** Final norm and unembedding: rows [nRows, dModel] → logits [nRows, vocabSize]. */
  async normAndUnembed(rows: Float32Array, nRows: number): Promise<Float32Array> {
    const { unembedding, ...norm } = this.#feeds;
    const isConstant = !this.#normed.inputNames.includes('unembedding');
    return this.#run(this.#normed, isConstant ? norm : this.#feeds, { rows, nRows });
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
    const outputs = await session.run({ ...feeds, rows: float32Tensor(rows, [1, nRows, this.#dModel]) });
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

/** A packed unembedding as a constant of a graph. */
interface PackedUnembedding {
  packed: PackedMatrix;
  roundsInputs: boolean;
}

/** Adds rows → final norm → logits to a graph. prefix keeps two such paths in one graph apart. */
export function addNormAndUnembed(
  graph: OnnxGraph,
  description: Description,
  { prefix, axes, constant }: { prefix: string; axes: readonly (string | number)[]; constant?: PackedUnembedding },
): string {
  const { shape, norm, logitSoftcap } = description;
  const { vocabSize, dModel } = shape;
  const rows = graph.input(`${prefix}rows`, [...axes, dModel]);
  const weights = norm.kind === 'layer' ? { gain: 'gain', bias: 'offset' } : { gain: 'gain' };
  const normed = graph.norm(rows, weights, { epsilon: norm.epsilon, output: `${prefix}normed` });
  const unembed = (output: string) =>
    constant
      ? graph.packedLinear(normed, constant.packed, {
          ...{ rows: vocabSize, columns: dModel, output },
          roundsInputs: constant.roundsInputs,
        })
      : graph.linear(normed, 'unembedding', output);
  if (!logitSoftcap) return unembed(`${prefix}logits`);
  return graph.softcap(unembed(`${prefix}uncapped`), logitSoftcap, `${prefix}logits`);
}

/** Declares the weights that addNormAndUnembed uses. */
export function declareOuterWeights(graph: OnnxGraph, description: Description): void {
  const { vocabSize, dModel } = description.shape;
  graph.input('unembedding', [vocabSize, dModel]);
  declareNorm(graph, description);
}

function declareNorm(graph: OnnxGraph, { shape, norm }: Description): void {
  graph.input('gain', [shape.dModel]);
  if (norm.kind === 'layer') graph.input('offset', [shape.dModel]);
}

/** Rows of one text, as the blocks have them: [1, n, dModel] → [1, n, vocabSize]. */
const ONE_TEXT = [1, 'n'] as const;

function normAndUnembedGraph(description: Description, constant?: PackedUnembedding): OnnxGraph {
  const graph = new OnnxGraph();
  if (constant) declareNorm(graph, description);
  else declareOuterWeights(graph, description);
  const logits = addNormAndUnembed(graph, description, { prefix: '', axes: ONE_TEXT, constant });
  graph.output(logits, [...ONE_TEXT, description.shape.vocabSize]);
  return graph;
}

function unembedGraph({ shape }: Description): OnnxGraph {
  const graph = new OnnxGraph();
  graph.input('unembedding', [shape.vocabSize, shape.dModel]);
  const rows = graph.input('rows', [...ONE_TEXT, shape.dModel]);
  graph.output(graph.linear(rows, 'unembedding', 'logits'), [...ONE_TEXT, shape.vocabSize]);
  return graph;
}
