/** The factor g that minimises Σ‖x − c − g·(x̂ − c)‖², which is Σ⟨x − c, x̂ − c⟩ / Σ‖x̂ − c‖²; 1 where x̂ never leaves c.
 *  rows, reconstruction: [nRows, dModel]; centre: [dModel]. Directions that were not fitted overlap, and their sum overshoots: one gain
 *  for all is the least that makes them a control that was given a chance. */
export function bestGain(rows: Float32Array, reconstruction: Float32Array, centre: Float32Array): number {
  const dModel = centre.length;
  let [product, square] = [0, 0];
  for (let at = 0; at < rows.length; at++) {
    const offset = reconstruction[at] - centre[at % dModel];
    product += (rows[at] - centre[at % dModel]) * offset;
    square += offset * offset;
  }
  return square > 0 ? product / square : 1;
}
