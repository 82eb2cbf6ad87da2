/** The identity, [dModel, dModel]: latents that are the model's own dimensions. */
export function neuronDirections(dModel: number): Float32Array {
  const rows = new Float32Array(dModel * dModel);
  for (let i = 0; i < dModel; i++) rows[i * dModel + i] = 1;
  return rows;
}
