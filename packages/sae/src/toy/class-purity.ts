/** Which class each unit (a neuron or a latent) speaks for. */
export interface ClassProfile {
  /** [nUnits, nClasses]: mean activation over the points of the class; 0 for a class without points. */
  classMeans: Float32Array;
  /** [nUnits]: share of points on which the unit is above 0. */
  firingShare: Float32Array;
  /** [nUnits]: max over classes of the mean activation / sum of the means; 0 where the unit is silent. */
  purity: Float32Array;
  /** [nUnits]: the class of the largest mean (of equals the lower); −1 where the unit is silent. */
  bestClass: Int32Array;
  /** Mean purity over the units that fire, weighted by their mean activation; 0 where all are silent. */
  weightedPurity: number;
}

/** acts: [nPoints, nUnits], ≥ 0. Classes count alike however many points they have. */
export function classProfile(acts: Float32Array, labels: Int32Array, nClasses: number): ClassProfile {
  const nPoints = labels.length;
  const nUnits = nPoints > 0 ? acts.length / nPoints : 0;
  const sums = new Float64Array(nUnits * nClasses);
  const nOfClass = new Float64Array(nClasses);
  const firings = new Float64Array(nUnits);
  for (let p = 0; p < nPoints; p++) {
    nOfClass[labels[p]]++;
    for (let u = 0; u < nUnits; u++) {
      const act = acts[p * nUnits + u];
      if (act <= 0) continue;
      sums[u * nClasses + labels[p]] += act;
      firings[u]++;
    }
  }
  const classMeans = Float32Array.from(sums, (sum, at) => sum / Math.max(1, nOfClass[at % nClasses]));
  const purity = new Float32Array(nUnits);
  const bestClass = new Int32Array(nUnits).fill(-1);
  let [weighted, total] = [0, 0];
  for (let u = 0; u < nUnits; u++) {
    const means = classMeans.subarray(u * nClasses, (u + 1) * nClasses);
    const sum = means.reduce((so, mean) => so + mean, 0);
    if (sum <= 0) continue;
    const highest = Math.max(...means);
    purity[u] = highest / sum;
    bestClass[u] = means.indexOf(highest);
    weighted += purity[u] * sum;
    total += sum;
  }
  return {
    classMeans,
    firingShare: Float32Array.from(firings, (count) => count / Math.max(1, nPoints)),
    purity,
    bestClass,
    weightedPurity: total > 0 ? weighted / total : 0,
  };
}
