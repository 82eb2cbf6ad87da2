import type { ParameterSnapshots } from './parameters.ts';
import type { Rng } from './rng.ts';

/** Encoder rows of resampled latents, relative to the mean norm of the living ones (Bricken 2023). */
const ENCODER_NORM_SHARE = 0.2;

/** Collects the rows just before a resampling, so that its losses are measured on many inputs. */
export class ResampleBuffer {
  private rows: Float32Array;

  constructor(rows: Float32Array) {
    this.rows = rows.slice();
  }

  /** Keeps `rows` of step `step` (counted from 1) where they belong to the window before the next resampling. */
  collect(step: number, rows: Float32Array, { resampleSteps, resampleRows, batchSize }: ResampleWindow): void {
    const windowSteps = Math.ceil(resampleRows / batchSize);
    if (!resampleSteps.some((at) => step <= at && step > at - windowSteps)) return;
    const joined = new Float32Array(this.rows.length + rows.length);
    joined.set(this.rows);
    joined.set(rows, this.rows.length);
    this.rows = joined;
  }

  contents(): Float32Array {
    return this.rows;
  }

  clear(): void {
    this.rows = new Float32Array(0);
  }
}

interface ResampleWindow {
  resampleSteps: number[];
  resampleRows: number;
  batchSize: number;
}

/** n distinct indices drawn one after another with probability ∝ loss² of those left: two latents at one input would stay twins.
 *  Evenly where no loss is left. n is at most the number of losses. */
export function drawByLossSquared(losses: ArrayLike<number>, n: number, rng: Rng): Int32Array {
  const weights = Float64Array.from(losses, (loss) => loss ** 2);
  const isDrawn = new Uint8Array(weights.length);
  return Int32Array.from({ length: n }, () => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let target = rng.float() * total;
    let at = -1;
    if (total > 0) {
      for (let i = 0; i < weights.length && target >= 0; i++) {
        if (weights[i] === 0) continue;
        at = i;
        target -= weights[i];
      }
    } else {
      const left = Array.from(isDrawn.keys()).filter((i) => !isDrawn[i]);
      at = left[rng.int(left.length)];
    }
    weights[at] = 0;
    isDrawn[at] = 1;
    return at;
  });
}

/** Points dead latents at badly reconstructed inputs: decoder row := the input as a unit vector, encoder row := the same
 *  direction times 0.2 of the mean norm of living encoder rows, bias 0, Adam's moments of both rows and the bias 0.
 *  inputs: [n, dModel] as the encoder sees them, one drawn for each dead latent by `chosen`. Edits the snapshots in place. */
export function resampleLatents(
  parameters: Pick<ParameterSnapshots, 'encoder' | 'decoder' | 'bEnc'>,
  { dead, inputs, chosen }: { dead: Int32Array; inputs: Float32Array; chosen: Int32Array },
  dModel: number,
): void {
  const { encoder, decoder, bEnc } = parameters;
  const encoderNorm = ENCODER_NORM_SHARE * meanLivingNorm(encoder.value, dead, dModel);
  dead.forEach((latent, i) => {
    const input = inputs.subarray(chosen[i] * dModel, (chosen[i] + 1) * dModel);
    const norm = Math.sqrt(input.reduce((sum, value) => sum + value * value, 0));
    if (norm === 0) return;
    for (let j = 0; j < dModel; j++) {
      decoder.value[latent * dModel + j] = input[j] / norm;
      encoder.value[latent * dModel + j] = (input[j] / norm) * encoderNorm;
    }
    bEnc.value[latent] = 0;
    for (const { firstMoment, secondMoment } of [encoder, decoder]) {
      firstMoment.fill(0, latent * dModel, (latent + 1) * dModel);
      secondMoment.fill(0, latent * dModel, (latent + 1) * dModel);
    }
    bEnc.firstMoment[latent] = 0;
    bEnc.secondMoment[latent] = 0;
  });
}

/** 1 where no latent lives. */
function meanLivingNorm(rows: Float32Array, dead: Int32Array, dModel: number): number {
  const isDead = new Set(dead);
  let sum = 0;
  let nLiving = 0;
  for (let i = 0; i < rows.length / dModel; i++) {
    if (isDead.has(i)) continue;
    let square = 0;
    for (let j = 0; j < dModel; j++) square += rows[i * dModel + j] ** 2;
    sum += Math.sqrt(square);
    nLiving++;
  }
  return nLiving > 0 ? sum / nLiving : 1;
}
