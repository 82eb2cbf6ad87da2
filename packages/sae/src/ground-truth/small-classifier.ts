import { stepAdam } from '@featurescope/tensor';
import { Rng } from '../rng.ts';
import type { Stepwise } from '../stepwise.ts';
import type { LabelledPoints } from './class-clusters.ts';

export interface ClassifierShape {
  nInputs: number;
  nHidden: number;
  nClasses: number;
}

/** softmax(ReLU(x W₁ + b₁) W₂ + b₂). */
export interface ClassifierParameters {
  /** [nInputs, nHidden] */
  hiddenWeights: Float32Array;
  /** [nHidden] */
  hiddenBias: Float32Array;
  /** [nHidden, nClasses] */
  outputWeights: Float32Array;
  /** [nClasses] */
  outputBias: Float32Array;
}

const names = ['hiddenWeights', 'hiddenBias', 'outputWeights', 'outputBias'] as const;

/** ReLU(x W₁ + b₁), [nPoints, nHidden]: the activations that a dictionary is trained on. */
export function hiddenActivations(points: Float32Array, { hiddenWeights, hiddenBias }: ClassifierParameters) {
  const nHidden = hiddenBias.length;
  const nInputs = hiddenWeights.length / nHidden;
  const nPoints = points.length / nInputs;
  const hidden = new Float32Array(nPoints * nHidden);
  for (let p = 0; p < nPoints; p++) {
    for (let h = 0; h < nHidden; h++) {
      let pre = hiddenBias[h];
      for (let d = 0; d < nInputs; d++) pre += points[p * nInputs + d] * hiddenWeights[d * nHidden + h];
      hidden[p * nHidden + h] = Math.max(0, pre);
    }
  }
  return hidden;
}

/** Logits of hidden activations, [nPoints, nClasses], in float64. */
export function classLogits(hidden: Float32Array, { outputWeights, outputBias }: ClassifierParameters): Float64Array {
  const nClasses = outputBias.length;
  const nHidden = outputWeights.length / nClasses;
  const nPoints = hidden.length / nHidden;
  const logits = new Float64Array(nPoints * nClasses);
  for (let p = 0; p < nPoints; p++) {
    for (let c = 0; c < nClasses; c++) {
      let sum = outputBias[c];
      for (let h = 0; h < nHidden; h++) sum += hidden[p * nHidden + h] * outputWeights[h * nClasses + c];
      logits[p * nClasses + c] = sum;
    }
  }
  return logits;
}

/** Mean cross-entropy in nats over the points, and its gradients; ReLU's gradient at 0 is 0. With δ = (softmax − onehot)/nPoints:
 *  ∂W₂ = hᵀδ, ∂b₂ = Σδ, Δ = δW₂ᵀ [h > 0], ∂W₁ = xᵀΔ, ∂b₁ = ΣΔ. */
export function classifierGradients(
  { points, labels }: LabelledPoints,
  parameters: ClassifierParameters,
): { loss: number; gradients: ClassifierParameters } {
  const { hiddenWeights, hiddenBias, outputWeights, outputBias } = parameters;
  const [nHidden, nClasses] = [hiddenBias.length, outputBias.length];
  const nInputs = hiddenWeights.length / nHidden;
  const hidden = hiddenActivations(points, parameters);
  const delta = classLogits(hidden, parameters);
  const gradients = mapNames((name) => new Float32Array(parameters[name].length));
  let loss = 0;
  for (let p = 0; p < labels.length; p++) {
    const row = delta.subarray(p * nClasses, (p + 1) * nClasses);
    loss -= Math.log(softmaxInPlace(row, labels[p])) / labels.length;
    row[labels[p]] -= 1;
    for (let c = 0; c < nClasses; c++) {
      row[c] /= labels.length;
      gradients.outputBias[c] += row[c];
    }
    for (let h = 0; h < nHidden; h++) {
      const act = hidden[p * nHidden + h];
      if (act <= 0) continue;
      let back = 0;
      for (let c = 0; c < nClasses; c++) {
        gradients.outputWeights[h * nClasses + c] += act * row[c];
        back += row[c] * outputWeights[h * nClasses + c];
      }
      gradients.hiddenBias[h] += back;
      for (let d = 0; d < nInputs; d++) gradients.hiddenWeights[d * nHidden + h] += points[p * nInputs + d] * back;
    }
  }
  return { loss, gradients };
}

/** A classifier trained by Adam on batches of the points, in their order, again and again. */
export function* trainClassifier(
  data: LabelledPoints,
  { shape, nSteps, batchSize, learningRate, seed }: ClassifierTraining,
): Stepwise<ClassifierParameters> {
  const parameters = initialParameters(shape, Rng.fromSeed(seed, 'small-classifier'));
  const moments = mapNames((name) => ({
    value: parameters[name],
    firstMoment: new Float32Array(parameters[name].length),
    secondMoment: new Float32Array(parameters[name].length),
  }));
  const nBatches = Math.max(1, Math.floor(data.labels.length / batchSize));
  for (let step = 1; step <= nSteps; step++) {
    const from = ((step - 1) % nBatches) * batchSize;
    const { gradients } = classifierGradients(
      {
        points: data.points.subarray(from * shape.nInputs, (from + batchSize) * shape.nInputs),
        labels: data.labels.subarray(from, from + batchSize),
      },
      parameters,
    );
    for (const name of names)
      stepAdam(moments[name], gradients[name], { learningRate, step, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    yield { done: step, total: nSteps };
  }
  return parameters;
}

export interface ClassifierTraining {
  shape: ClassifierShape;
  nSteps: number;
  batchSize: number;
  learningRate: number;
  seed: number;
}

/** Share of points whose largest logit is their class's; of equal logits the lower class counts. */
export function accuracy({ points, labels }: LabelledPoints, parameters: ClassifierParameters): number {
  const nClasses = parameters.outputBias.length;
  const logits = classLogits(hiddenActivations(points, parameters), parameters);
  let nRight = 0;
  for (let p = 0; p < labels.length; p++) {
    const row = logits.subarray(p * nClasses, (p + 1) * nClasses);
    if (row.indexOf(Math.max(...row)) === labels[p]) nRight++;
  }
  return nRight / labels.length;
}

/** He's normal for the hidden layer, N(0, 2/nInputs), and N(0, 1/nHidden) for the output; biases 0. */
function initialParameters({ nInputs, nHidden, nClasses }: ClassifierShape, rng: Rng): ClassifierParameters {
  const normals = (length: number, variance: number) =>
    new Float32Array(length).map(() => Math.sqrt(variance) * rng.normal());
  return {
    hiddenWeights: normals(nInputs * nHidden, 2 / nInputs),
    hiddenBias: new Float32Array(nHidden),
    outputWeights: normals(nHidden * nClasses, 1 / nHidden),
    outputBias: new Float32Array(nClasses),
  };
}

/** Logits → probabilities; returns the one at `at`. */
function softmaxInPlace(row: Float64Array, at: number): number {
  const highest = Math.max(...row);
  let sum = 0;
  for (let c = 0; c < row.length; c++) {
    row[c] = Math.exp(row[c] - highest);
    sum += row[c];
  }
  for (let c = 0; c < row.length; c++) row[c] /= sum;
  return row[at];
}

function mapNames<T>(of: (name: (typeof names)[number]) => T): Record<(typeof names)[number], T> {
  return {
    hiddenWeights: of('hiddenWeights'),
    hiddenBias: of('hiddenBias'),
    outputWeights: of('outputWeights'),
    outputBias: of('outputBias'),
  };
}
