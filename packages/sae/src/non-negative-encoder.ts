import { tf } from '@featurescope/tensor';
import { splitSigns } from './decompositions/split-signs.ts';
import type { SaeWeights } from './sae-weights.ts';

const MAX_ITERATIONS = 400;
const CHECK_EVERY = 20;
/** A chunk of rows is done once no code moves by more than this share of the largest one. */
const TOLERANCE = 1e-5;

/** Inference of non-negative matrix factorisation for fixed components H: for each row the non-negative least squares
 *  min ‖x − hH‖² over h ≥ 0, on x itself, or on [x⁺, x⁻] where the components were learnt on split signs. Solved by accelerated
 *  projected gradient, whose projection leaves exact zeros; multiplicative updates, which learnt H, approach zero and never reach it,
 *  so that every latent would count as active. Source: Beck and Teboulle 2009, §4; restarts: O'Donoghue and Candès 2015, §3.2. */
export class NonNegativeEncoder {
  private readonly dModel: number;
  private readonly isSplit: boolean;
  /** Hᵀ, [dModel, nLatents] or [2·dModel, nLatents]. */
  private readonly transposed: tf.Tensor2D;
  /** HHᵀ */
  private readonly gram: tf.Tensor2D;
  /** 1 / (a bound of the largest eigenvalue of HHᵀ) */
  private readonly step: number;

  /** wEnc: [dModel, nLatents], the components over x or x⁺; wEncNegative: over x⁻, where signs are split. No value below 0. */
  constructor({ wEnc, wEncNegative }: SaeWeights, { dModel, nLatents }: { dModel: number; nLatents: number }) {
    this.dModel = dModel;
    this.isSplit = wEncNegative !== undefined;
    const positive = tf.tensor2d(wEnc, [dModel, nLatents]);
    this.transposed = wEncNegative
      ? tf.tidy(() => tf.concat([positive, tf.tensor2d(wEncNegative, [dModel, nLatents])], 0))
      : positive.clone();
    positive.dispose();
    this.gram = tf.tidy(() => tf.matMul(this.transposed, this.transposed, true, false) as tf.Tensor2D);
    this.step = 1 / largestEigenvalueBound(this.gram.dataSync(), nLatents);
  }

  /** x Hᵀ, [nRows, nLatents]: how strongly each component is called for before they compete. */
  drive(rows: Float32Array): tf.Tensor2D {
    const width = this.isSplit ? 2 * this.dModel : this.dModel;
    return tf.tidy(() => {
      const x = this.isSplit ? splitSigns(rows, this.dModel) : rows;
      return tf.matMul(tf.tensor2d(x, [x.length / width, width]), this.transposed) as tf.Tensor2D;
    });
  }

  /** h, [nRows, nLatents]. */
  encode(rows: Float32Array): Float32Array {
    const drive = this.drive(rows);
    let codes = tf.zerosLike(drive);
    let lookAhead = codes.clone();
    let momentum = tf.ones([drive.shape[0], 1]) as tf.Tensor2D;
    for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
      const next: Iterate = tf.tidy(() => this.iterate({ drive, codes, lookAhead, momentum }));
      const isDone = iteration % CHECK_EVERY === 0 && hasSettled(codes, next.codes);
      tf.dispose([codes, lookAhead, momentum]);
      ({ codes, lookAhead, momentum } = next);
      if (isDone) break;
    }
    const values = codes.dataSync() as Float32Array;
    tf.dispose([drive, codes, lookAhead, momentum]);
    return values;
  }

  dispose(): void {
    tf.dispose([this.transposed, this.gram]);
  }

  private iterate({ drive, codes, lookAhead, momentum }: Iterate & { drive: tf.Tensor2D }): Iterate {
    const gradient = tf.sub(tf.matMul(lookAhead, this.gram), drive);
    const nextCodes = tf.relu(tf.sub(lookAhead, tf.mul(this.step, gradient))) as tf.Tensor2D;
    const move = tf.sub(nextCodes, codes);
    // A row whose step goes against its momentum begins anew.
    const against = tf.sum(tf.mul(tf.sub(lookAhead, nextCodes), move), 1, true);
    const restarted = tf.where(tf.greater(against, 0), tf.onesLike(momentum), momentum);
    const nextMomentum = tf.div(tf.add(1, tf.sqrt(tf.add(1, tf.mul(4, tf.square(restarted))))), 2) as tf.Tensor2D;
    const factor = tf.div(tf.sub(restarted, 1), nextMomentum);
    return {
      codes: nextCodes,
      lookAhead: tf.add(nextCodes, tf.mul(factor, move)) as tf.Tensor2D,
      momentum: nextMomentum,
    };
  }
}

type Iterate = {
  codes: tf.Tensor2D;
  lookAhead: tf.Tensor2D;
  /** [nRows, 1] */
  momentum: tf.Tensor2D;
};

function hasSettled(before: tf.Tensor2D, after: tf.Tensor2D): boolean {
  const [moved, largest] = tf.tidy(() => [tf.max(tf.abs(tf.sub(after, before))), tf.max(after)]);
  const result = moved.dataSync()[0] <= TOLERANCE * largest.dataSync()[0];
  tf.dispose([moved, largest]);
  return result;
}

/** Of a symmetric matrix without negative entries: max (Gv)ᵢ/vᵢ over a positive v is never below its largest eigenvalue (Collatz and
 *  Wielandt), and close to it once v has been multiplied by G a few times. 1 for a matrix of zeros. */
function largestEigenvalueBound(gram: ArrayLike<number>, size: number): number {
  let vector = new Float64Array(size).fill(1);
  let bound = 1;
  for (let i = 0; i < 30; i++) {
    const next = new Float64Array(size);
    for (let r = 0; r < size; r++) for (let c = 0; c < size; c++) next[r] += gram[r * size + c] * vector[c];
    const ratios = next.map((value, r) => value / vector[r]);
    bound = ratios.reduce((most, ratio) => Math.max(most, ratio), 0);
    const largest = next.reduce((most, value) => Math.max(most, value), 0);
    if (largest === 0) return 1;
    // Positive however small, so that the bound stays one.
    vector = next.map((value) => Math.max(value / largest, 1e-6));
  }
  return bound;
}
