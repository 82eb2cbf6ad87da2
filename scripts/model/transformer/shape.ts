/** Dimensions of a llama-family decoder, named as in its Hugging Face config. */
export interface ModelShape {
  readonly vocabularySize: number;
  readonly dModel: number;
  readonly nLayers: number;
  readonly nHeads: number;
  readonly nKeyValueHeads: number;
  readonly dHead: number;
  readonly dFeedForward: number;
  readonly contextLength: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
}

export const tinyShape: ModelShape = {
  vocabularySize: 4096,
  dModel: 256,
  nLayers: 6,
  nHeads: 4,
  nKeyValueHeads: 2,
  dHead: 64,
  dFeedForward: 704,
  contextLength: 256,
  ropeTheta: 10_000,
  normEpsilon: 1e-5,
};

/** One parameter inside the flat vector that holds all of them. Matrices are [in, out], row-major. */
export interface ParameterSlot {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** Where each parameter lies: `embedding`, `finalNorm`, and per layer L `L.attentionNorm`, `L.queryKeyValue` (columns:
 *  queries, keys, values), `L.attentionOut`, `L.feedForwardNorm`, `L.gateUp` (columns: gate, up), `L.down`. */
export function parameterSlots(shape: ModelShape): readonly ParameterSlot[] {
  const { vocabularySize, dModel, nLayers, nHeads, nKeyValueHeads, dHead, dFeedForward } = shape;
  const shapes: [string, number[]][] = [['embedding', [vocabularySize, dModel]]];
  for (let layer = 0; layer < nLayers; layer++) {
    shapes.push(
      [`${layer}.attentionNorm`, [dModel]],
      [`${layer}.queryKeyValue`, [dModel, (nHeads + 2 * nKeyValueHeads) * dHead]],
      [`${layer}.attentionOut`, [nHeads * dHead, dModel]],
      [`${layer}.feedForwardNorm`, [dModel]],
      [`${layer}.gateUp`, [dModel, 2 * dFeedForward]],
      [`${layer}.down`, [dFeedForward, dModel]],
    );
  }
  shapes.push(['finalNorm', [dModel]]);
  let offset = 0;
  return shapes.map(([name, dimensions]) => {
    const size = dimensions.reduce((product, dimension) => product * dimension, 1);
    const slot = { name, shape: dimensions, offset, size };
    offset += size;
    return slot;
  });
}

export function parameterCount(shape: ModelShape): number {
  return parameterSlots(shape).reduce((sum, slot) => sum + slot.size, 0);
}
