import { type CsrMatrix, keepLargest, kernels, nthLargest, stackRows, tf } from '@featurescope/tensor';
import { preActivations } from './batch-outcome.ts';

/** Of fewer rows than this the product costs less than reading the encoder again. */
const MIN_BLOCK_ROWS = 256;

export interface EncoderInput {
  /** [nRows, dModel] */
  input: tf.Tensor2D;
  encoder: tf.Tensor2D;
  bEnc: tf.Tensor1D;
  /** ‖d‖ where selection is by pre·‖d‖. */
  norms: tf.Tensor1D | null;
}

/** Whether each row keeps k entries, or the batch ⌊k · nRows⌋ of those above 0. */
export interface SelectionScope {
  within: 'row' | 'batch';
}

/** The pre-activations (times ‖d‖ where norms are given) that are kept, and the raw ones of the dead latents, [nRows, nDead].
 *  A few rows at a time: the pre-activations of a whole batch are as large as the weights, and only these are used again. */
export function selectInBlocks(
  { input, encoder, bEnc, norms }: EncoderInput,
  k: number,
  { within, deadLatents }: SelectionScope & { deadLatents: Int32Array | null },
): { kept: CsrMatrix; deadPreActs: tf.Tensor2D | null } {
  const [nRows, dModel] = input.shape;
  const dead = deadLatents && tf.tensor1d(deadLatents, 'int32');
  const mostRows = Math.max(MIN_BLOCK_ROWS, kernels().blockValues / encoder.shape[0]);
  const blockRows = Math.ceil(nRows / Math.ceil(nRows / mostRows));
  const selection = within === 'row' ? new RowSelection(k) : new BatchSelection(Math.max(1, Math.floor(k * nRows)));
  const deadBlocks: tf.Tensor2D[] = [];
  for (let start = 0; start < nRows; start += blockRows) {
    const n = Math.min(blockRows, nRows - start);
    tf.tidy(() => {
      const rows = n === nRows ? input : tf.slice(input, [start, 0], [n, dModel]);
      const preActs = preActivations(rows, encoder, bEnc);
      selection.add(norms ? tf.mul<tf.Tensor2D>(preActs, norms) : preActs);
      if (dead) deadBlocks.push(tf.keep(tf.gather(preActs, dead, 1)));
    });
  }
  const deadPreActs = dead && tf.concat2d(deadBlocks, 0);
  tf.dispose(deadBlocks);
  return { kept: selection.kept(), deadPreActs };
}

class RowSelection {
  private readonly k: number;
  private readonly blocks: CsrMatrix[] = [];

  constructor(k: number) {
    this.k = k;
  }

  add(block: tf.Tensor2D): void {
    this.blocks.push(kernels().topK(block, this.k));
  }

  kept(): CsrMatrix {
    return stackRows(this.blocks);
  }
}

/** The n largest entries above 0 of matrices that are seen a block of rows at a time; of equal ones the lower position. */
export class BatchSelection {
  private readonly n: number;
  private readonly blocks: CsrMatrix[] = [];
  private bound = 0;
  private nKept = 0;

  constructor(n: number) {
    this.n = n;
  }

  add(block: tf.Tensor2D): void {
    // Not even an equal value can displace one of the n largest of the rows before it.
    const candidates = kernels().topEntries(block, this.n, this.bound);
    this.blocks.push(candidates);
    this.nKept += candidates.values.length;
    if (this.nKept >= this.n) this.bound = nthLargest(this.values(), this.n);
  }

  kept(): CsrMatrix {
    return keepLargest(stackRows(this.blocks), this.n);
  }

  private values(): Float32Array {
    const values = new Float32Array(this.nKept);
    let at = 0;
    for (const block of this.blocks) {
      values.set(block.values, at);
      at += block.values.length;
    }
    return values;
  }
}
