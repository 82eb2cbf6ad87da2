import { type EvaluationResult, evaluateDictionary, harvestChunk } from '@featurescope/interp';
import { type LanguageModel, loadModel } from '@featurescope/lm';
import { type FittedDictionary, Rng, RowMoments, SparseAutoencoder } from '@featurescope/sae';
import { bundledContexts, bundledModelDirectory } from '../../bundled-text.ts';

const HOOK = 'blocks.2.hook_resid_post';
const CONTEXT_SIZE = 256;
const [TRAINING_TOKENS, HELD_OUT_TOKENS] = [1_000_000, 100_000];

/** The bundled model with the activations of its training text in memory, about 1 GB, and the text held out for evaluation. */
export class MeasuredModel {
  readonly width: number;
  readonly nRows: number;
  readonly mean: Float32Array;
  private readonly model: LanguageModel;
  /** [nRows, width] in a seeded order of contexts. */
  private readonly rows: Float32Array;
  private readonly outlierNorm: number;
  private readonly heldOut: Awaited<ReturnType<typeof bundledContexts>>;

  private constructor(
    model: LanguageModel,
    { rows, nRows, width, outlierNorm }: Awaited<ReturnType<typeof harvestChunk>>,
    heldOut: Awaited<ReturnType<typeof bundledContexts>>,
  ) {
    this.model = model;
    this.rows = rows;
    this.nRows = nRows;
    this.width = width;
    this.outlierNorm = outlierNorm;
    this.heldOut = heldOut;
    const moments = new RowMoments(width);
    moments.add(rows.subarray(0, nRows * width));
    this.mean = Float32Array.from(moments.mean());
  }

  static async load(): Promise<MeasuredModel> {
    const model = await loadModel(bundledModelDirectory, { hooks: [HOOK] });
    const all = { nTokens: Number.POSITIVE_INFINITY, contextSize: CONTEXT_SIZE };
    const source = await bundledContexts(model.tokenizer, { ...all, side: 'train' });
    const order = shuffled(source.nContexts, 'training-contexts');
    const contexts = order.subarray(0, Math.ceil(TRAINING_TOKENS / CONTEXT_SIZE));
    const chunk = await harvestChunk({ model, hookName: HOOK, source }, contexts, null);
    return new MeasuredModel(model, chunk, await bundledContexts(model.tokenizer, { ...all, side: 'heldout' }));
  }

  /** The batch of a step, [batchSize, width]: the rows in a new order for each seed, and again in the next order when they are used up. */
  batches(seed: number, batchSize: number): (step: number) => Float32Array {
    const perEpoch = Math.floor(this.nRows / batchSize);
    let epoch = -1;
    let order = new Int32Array(0) as Int32Array;
    return (step) => {
      if (epoch !== Math.floor(step / perEpoch)) {
        epoch = Math.floor(step / perEpoch);
        order = shuffled(this.nRows, `rows/${seed}/${epoch}`);
      }
      const start = (step % perEpoch) * batchSize;
      return this.pick(order.subarray(start, start + batchSize));
    };
  }

  /** [count, width], drawn without replacement. */
  sample(count: number, seed: number): Float32Array {
    return this.pick(shuffled(this.nRows, `sample/${seed}`).subarray(0, count));
  }

  /** On tokens of documents that neither the model nor the dictionary was trained on. */
  async evaluate({ config, weights }: FittedDictionary): Promise<EvaluationResult> {
    const sae = new SparseAutoencoder(config, weights);
    try {
      return await evaluateDictionary({
        model: this.model,
        hookName: HOOK,
        source: this.heldOut,
        contextIndices: shuffled(this.heldOut.nContexts, 'held-out-contexts'),
        ...{ sae, outlierNorm: this.outlierNorm, maxTokens: HELD_OUT_TOKENS },
      });
    } finally {
      sae.dispose();
    }
  }

  private pick(indices: Int32Array): Float32Array {
    const picked = new Float32Array(indices.length * this.width);
    for (let i = 0; i < indices.length; i++) {
      const from = indices[i] * this.width;
      picked.set(this.rows.subarray(from, from + this.width), i * this.width);
    }
    return picked;
  }
}

function shuffled(count: number, name: string): Int32Array {
  return Rng.fromSeed(0, name).shuffle(Int32Array.from({ length: count }, (_, i) => i));
}
