/** The columns of a matrix as a basis of neurons that write, or read, at a hook. */
export interface NeuronBasis {
  /** [nNeurons, width]: what neuron n adds to the activations at the hook for each unit that it fires; null: neuron n is coordinate n. */
  writes: Float32Array | null;
  nNeurons: number;
  width: number;
}

/** How a neuron and a feature are joined by their weights. */
export interface NeuronLink {
  neuron: number;
  feature: number;
  /** Writes of the neuron · encoder column: how much a unit of the neuron raises the feature's pre-activation. */
  encoder: number;
  /** Cosine of what the neuron writes with the feature's decoder row. */
  decoder: number;
}

export interface DictionaryWeights {
  /** [width, nLatents] */
  wEnc: Float32Array;
  /** [nLatents, width] */
  wDec: Float32Array;
}

/** The neurons that raise or lower a feature's pre-activation most, by falling magnitude of the encoder weight, ties by lower index.
 *  Read from weights alone: what a unit of each neuron would do if nothing else changed, not how strongly the neuron fires. */
export function neuronsOfFeature(
  basis: NeuronBasis,
  { wEnc, wDec }: DictionaryWeights,
  { feature, count }: { feature: number; count: number },
): NeuronLink[] {
  const { width } = basis;
  const nLatents = wEnc.length / width;
  const column = Float64Array.from({ length: width }, (_, j) => wEnc[j * nLatents + feature]);
  const row = wDec.subarray(feature * width, (feature + 1) * width);
  const links = Array.from({ length: basis.nNeurons }, (_, neuron) => {
    const written = writesOf(basis, neuron);
    return { neuron, feature, encoder: dot(written, column), decoder: cosine(written, row) };
  });
  return strongest(links, count);
}

/** The features whose pre-activation a neuron raises or lowers most. */
export function featuresOfNeuron(
  basis: NeuronBasis,
  { wEnc, wDec }: DictionaryWeights,
  { neuron, count }: { neuron: number; count: number },
): NeuronLink[] {
  const { width } = basis;
  const nLatents = wEnc.length / width;
  const written = writesOf(basis, neuron);
  const encoder = new Float64Array(nLatents);
  for (let j = 0; j < width; j++) {
    if (written[j] === 0) continue;
    for (let i = 0; i < nLatents; i++) encoder[i] += written[j] * wEnc[j * nLatents + i];
  }
  const links = Array.from(encoder, (weight, feature) => {
    const row = wDec.subarray(feature * width, (feature + 1) * width);
    return { neuron, feature, encoder: weight, decoder: cosine(written, row) };
  });
  return strongest(links, count);
}

function writesOf({ writes, width }: NeuronBasis, neuron: number): ArrayLike<number> {
  if (writes) return writes.subarray(neuron * width, (neuron + 1) * width);
  const unit = new Float64Array(width);
  unit[neuron] = 1;
  return unit;
}

const strongest = (links: NeuronLink[], count: number) =>
  links
    .sort((a, b) => Math.abs(b.encoder) - Math.abs(a.encoder) || a.neuron - b.neuron || a.feature - b.feature)
    .slice(0, count);

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length > 0 ? dot(a, b) / length : 0;
}
