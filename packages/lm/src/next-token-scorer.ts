import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { Description } from './architectures/architecture.ts';
import type { OuterWeights } from './model-weights.ts';
import { OnnxGraph } from './onnx-graph.ts';
import { createSession, float32Tensor, float32Values } from './onnx-session.ts';
import type { TokenBatch } from './token-batch.ts';
import { addNormAndUnembed, declareOuterWeights, type OuterFeeds, outerFeeds } from './unembedding.ts';

/** How well each position predicts the token after it. All arrays are [batch, seqLen]. */
export interface NextTokenScores {
  /** −ln p(token at t + 1 | tokens up to t), in nats; NaN at a row's last token and in padding. */
  crossEntropy: Float32Array;
  /** The likeliest next token, ties to the lower id; −1 in padding. */
  topTokens: Int32Array;
  /** With a reference: KL(reference ‖ this) over the vocabulary, in nats; NaN in padding. */
  kl?: Float32Array;
  /** With a reference: the reference's likeliest next token; −1 in padding. */
  referenceTopTokens?: Int32Array;
}

/** Rows scored at once: their logits, about a megabyte, stay in the processor's cache, and memory depends on neither
 *  the batch nor the vocabulary. Few rows would spend the time on reading the unembedding matrix instead. */
const SLICE_LOGITS = 250_000;
const MIN_SLICE_ROWS = 32;

/** Scores final residual streams in slices, log-softmax and all inside the runtime: logits of vocabulary × positions
 *  are never held at once, and only one number for each position comes back. */
export class NextTokenScorer {
  readonly #description: Description;
  readonly #plain: InferenceSession;
  readonly #compared: InferenceSession;
  readonly #feeds: OuterFeeds;

  private constructor(
    description: Description,
    feeds: OuterFeeds,
    sessions: { plain: InferenceSession; compared: InferenceSession },
  ) {
    this.#description = description;
    this.#feeds = feeds;
    this.#plain = sessions.plain;
    this.#compared = sessions.compared;
  }

  static async create(description: Description, weights: OuterWeights, threads?: number): Promise<NextTokenScorer> {
    const plain = await createSession(scoringGraph(description, false), threads);
    const compared = await createSession(scoringGraph(description, true), threads);
    return new NextTokenScorer(description, outerFeeds(description, weights), { plain, compared });
  }

  /** residual and reference: [batch, seqLen, dModel] as they leave the last block. lengths: [batch]. */
  async score(
    residual: Float32Array,
    texts: TokenBatch & { lengths: Int32Array },
    options: { reference?: Float32Array; signal?: AbortSignal },
  ): Promise<NextTokenScores> {
    const { vocabSize, dModel } = this.#description.shape;
    const { reference } = options;
    const nRows = texts.batch * texts.seqLen;
    const labels = nextTokens(texts);
    const scores = emptyScores(nRows, reference !== undefined);
    const sliceRows = Math.max(MIN_SLICE_ROWS, Math.floor(SLICE_LOGITS / vocabSize));
    for (let begin = 0; begin < nRows; begin += sliceRows) {
      options.signal?.throwIfAborted();
      const end = Math.min(begin + sliceRows, nRows);
      const rows = (values: Float32Array) =>
        float32Tensor(values.subarray(begin * dModel, end * dModel), [end - begin, dModel]);
      const outputs = await (reference ? this.#compared : this.#plain).run({
        ...this.#feeds,
        labels: new Tensor('int64', labels.subarray(begin, end), [end - begin, 1]),
        rows: rows(residual),
        ...(reference && { reference_rows: rows(reference) }),
      });
      scores.crossEntropy.set(float32Values(outputs.cross_entropy), begin);
      scores.topTokens.set(outputs.top.data as Int32Array, begin);
      scores.kl?.set(float32Values(outputs.kl), begin);
      scores.referenceTopTokens?.set(outputs.reference_top.data as Int32Array, begin);
    }
    blankPadding(scores, texts);
    return scores;
  }

  async dispose(): Promise<void> {
    await this.#plain.release();
    await this.#compared.release();
  }
}

function scoringGraph(description: Description, compared: boolean): OnnxGraph {
  const graph = new OnnxGraph();
  declareOuterWeights(graph, description);
  const labels = graph.input('labels', ['n', 1], 'int64');
  const logProbs = graph.node(
    'LogSoftmax',
    [addNormAndUnembed(graph, description, { prefix: '', axes: ['n'] })],
    'log_probs',
    { axis: -1 },
  );
  const chosen = graph.node('GatherElements', [logProbs, labels], 'chosen', { axis: 1 });
  graph.output(graph.node('Neg', [chosen], 'cross_entropy'), ['n', 1]);
  addTopToken(graph, logProbs, 'top');
  if (compared) {
    const referenceLogits = addNormAndUnembed(graph, description, { prefix: 'reference_', axes: ['n'] });
    const reference = graph.node('LogSoftmax', [referenceLogits], 'reference_log_probs', { axis: -1 });
    const difference = graph.node('Sub', [reference, logProbs], 'difference');
    const weighted = graph.node('Mul', [graph.node('Exp', [reference], 'probs'), difference], 'weighted');
    const axis = graph.integers('vocabulary_axis', [1]);
    graph.output(graph.node('ReduceSum', [weighted, axis], 'kl', { keepdims: 0 }), ['n']);
    addTopToken(graph, reference, 'reference_top');
  }
  return graph;
}

function addTopToken(graph: OnnxGraph, logProbs: string, output: string): void {
  const top = graph.node('ArgMax', [logProbs], `${output}_int64`, { axis: 1, keepdims: 0 });
  graph.node('Cast', [top], output, { to: 6 });
  graph.output(output, ['n'], 'int32');
}

/** [batch · seqLen]: the token after each position; 0, a placeholder, where there is none. */
function nextTokens({ tokenIds, seqLen, lengths }: TokenBatch & { lengths: Int32Array }): BigInt64Array {
  const next = new BigInt64Array(tokenIds.length);
  lengths.forEach((length, row) => {
    for (let t = 0; t + 1 < length; t++) next[row * seqLen + t] = BigInt(tokenIds[row * seqLen + t + 1]);
  });
  return next;
}

function emptyScores(nRows: number, compared: boolean): NextTokenScores {
  const scores: NextTokenScores = { crossEntropy: new Float32Array(nRows), topTokens: new Int32Array(nRows) };
  if (compared) {
    scores.kl = new Float32Array(nRows);
    scores.referenceTopTokens = new Int32Array(nRows);
  }
  return scores;
}

function blankPadding(scores: NextTokenScores, { seqLen, lengths }: { seqLen: number; lengths: Int32Array }): void {
  lengths.forEach((length, row) => {
    const end = (row + 1) * seqLen;
    const padding = row * seqLen + length;
    scores.crossEntropy.fill(Number.NaN, padding - 1, end);
    scores.topTokens.fill(-1, padding, end);
    scores.kl?.fill(Number.NaN, padding, end);
    scores.referenceTopTokens?.fill(-1, padding, end);
  });
}
