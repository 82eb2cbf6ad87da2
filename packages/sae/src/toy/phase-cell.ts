import { stepAdam } from '@featurescope/tensor';
import { type SuperpositionParameters, superpositionGradients } from '../ground-truth/superposition-model.ts';
import { Rng } from '../rng.ts';

/** One point of the phase diagram: two features, one dimension, and the second feature's importance relative to the first. */
export interface PhaseCell {
  /** 1 − S: probability that a feature is active, 0 < density ≤ 1. */
  density: number;
  /** I₂ / I₁, > 0. */
  importance: number;
  output: 'linear' | 'relu';
  seed: number;
}

export interface PhaseOutcome {
  /** ‖W₂‖ of the best start: 0 means that the second feature is ignored. */
  norm: number;
  /** (ŵ₂·W₁)² of the best start: above 0 the two share the dimension. */
  interference: number;
  phase: 'ignored' | 'dedicated' | 'superposed';
}

const N_ROWS = 256;
const N_STEPS = 250;
const N_STARTS = 4;

/** Trains the two-feature model from four starts on one fixed sample and keeps the best loss: the losses of the phases lie close together,
 *  and a single start often ends in the worse one. Source: Elhage et al. 2022, "Superposition as a phase change". */
export function trainPhaseCell({ density, importance, output, seed }: PhaseCell): PhaseOutcome {
  const rng = Rng.fromSeed(seed, 'phase-cell');
  const sample: Sample = {
    active: sampleActiveRows(density, rng),
    emptyPerActive: (1 - density) ** 2 / (1 - (1 - density) ** 2),
    importance: Float64Array.of(1, importance),
    output,
  };
  let best: { loss: number; weights: Float32Array } = { loss: Number.POSITIVE_INFINITY, weights: new Float32Array(2) };
  for (let start = 0; start < N_STARTS; start++) {
    // One start in each quadrant's half: the same sign, opposite signs, the first alone, the second alone.
    const initial = [
      [0.6, 0.6],
      [0.6, -0.6],
      [0.8, 0.05],
      [0.05, 0.8],
    ][start].map((value) => value + 0.05 * rng.normal());
    const weights = untrained(Float32Array.from(initial));
    const bias = untrained(new Float32Array(2));
    for (let step = 1; step <= N_STEPS; step++) {
      const gradients = sampleGradients({ weights: weights.value, bias: bias.value }, sample);
      const adam = {
        learningRate: 0.03 * Math.min(1, 2 * (1 - (step - 1) / N_STEPS)),
        step,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
      };
      stepAdam(weights, gradients.weights, adam);
      stepAdam(bias, gradients.bias, adam);
    }
    const { loss } = sampleGradients({ weights: weights.value, bias: bias.value }, sample);
    if (loss < best.loss) best = { loss, weights: weights.value };
  }
  const [first, second] = best.weights;
  const norm = Math.abs(second);
  const interference = norm > 0.01 ? first * first : 0;
  const phase = norm < 0.4 ? 'ignored' : Math.abs(first) < 0.4 ? 'dedicated' : 'superposed';
  return { norm, interference, phase };
}

interface Sample {
  /** [N_ROWS, 2]: rows with at least one active feature. */
  active: Float32Array;
  /** Rows without one for each row with one. They are all alike: one row with that weight stands for them. */
  emptyPerActive: number;
  importance: Float64Array;
  output: 'linear' | 'relu';
}

const EMPTY_ROW = new Float32Array(2);

/** Loss and gradients of all rows, for each row with an active feature. */
function sampleGradients(parameters: SuperpositionParameters, sample: Sample) {
  const gradients = superpositionGradients(sample.active, parameters, sample);
  const empty = superpositionGradients(EMPTY_ROW, parameters, sample);
  gradients.loss += sample.emptyPerActive * empty.loss;
  for (const i of [0, 1]) gradients.bias[i] += sample.emptyPerActive * empty.bias[i];
  return gradients;
}

function sampleActiveRows(density: number, rng: Rng): Float32Array {
  const inputs = new Float32Array(2 * N_ROWS);
  // Which features are active, given that one is: stratified, so that rare pairs are neither missing nor too many.
  const either = 1 - (1 - density) ** 2;
  const pBoth = (density * density) / either;
  for (let r = 0; r < N_ROWS; r++) {
    const u = (r + rng.float()) / N_ROWS;
    const isBoth = u < pBoth;
    const isFirst = isBoth || u < pBoth + (1 - pBoth) / 2;
    if (isFirst) inputs[2 * r] = rng.float();
    if (isBoth || !isFirst) inputs[2 * r + 1] = rng.float();
  }
  return inputs;
}

function untrained(value: Float32Array) {
  return { value, firstMoment: new Float32Array(value.length), secondMoment: new Float32Array(value.length) };
}
