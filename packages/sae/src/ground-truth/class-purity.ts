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

/** A unit counts as alive when it fires on this share of the points. */
export const ALIVE_SHARE = 0.01;

/** How well units have taken the classes apart. */
export interface ClassPurity {
  /** Units that fire on at least `ALIVE_SHARE` of the points. */
  nAlive: number;
  /** Lowest purity among those; 0 where there is none. */
  worstPurity: number;
  /** Mean purity of the alive units, each counting alike; 0 where there is none. */
  meanPurity: number;
  /** Mean purity weighted by activation, over all units. */
  weightedPurity: number;
  /** Classes that some alive unit stands for. */
  nClassesFound: number;
}

/** Sums of activations by unit and class, point after point. Classes count alike however many points they have. */
export class ClassActivity {
  private readonly nClasses: number;
  /** [nUnits, nClasses] */
  private readonly sums: Float64Array;
  private readonly nOfClass: Float64Array;
  private readonly firings: Float64Array;

  constructor(nUnits: number, nClasses: number) {
    this.nClasses = nClasses;
    this.sums = new Float64Array(nUnits * nClasses);
    this.nOfClass = new Float64Array(nClasses);
    this.firings = new Float64Array(nUnits);
  }

  /** To be called once for each point. */
  addPoint(label: number): void {
    this.nOfClass[label]++;
  }

  /** A unit's activation on a point of class `label`; what is not above 0 counts as silence. */
  addActivation(unit: number, label: number, activation: number): void {
    if (!(activation > 0)) return;
    this.sums[unit * this.nClasses + label] += activation;
    this.firings[unit]++;
  }

  profile(): ClassProfile {
    const { nClasses, nOfClass, firings } = this;
    const nUnits = firings.length;
    const nPoints = nOfClass.reduce((sum, n) => sum + n, 0);
    const classMeans = Float32Array.from(this.sums, (sum, at) => sum / Math.max(1, nOfClass[at % nClasses]));
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
}

/** acts: [nPoints, nUnits], ≥ 0. */
export function classProfile(acts: Float32Array, labels: Int32Array, nClasses: number): ClassProfile {
  const nUnits = labels.length > 0 ? acts.length / labels.length : 0;
  const activity = new ClassActivity(nUnits, nClasses);
  labels.forEach((label, p) => {
    activity.addPoint(label);
    for (let u = 0; u < nUnits; u++) activity.addActivation(u, label, acts[p * nUnits + u]);
  });
  return activity.profile();
}

/** Units that fire on at least `ALIVE_SHARE` of the points, ascending. */
export const aliveUnits = ({ firingShare }: ClassProfile): number[] =>
  [...firingShare.keys()].filter((unit) => firingShare[unit] >= ALIVE_SHARE);

export function classPurity(profile: ClassProfile): ClassPurity {
  const { purity, bestClass, weightedPurity } = profile;
  const alive = aliveUnits(profile);
  return {
    nAlive: alive.length,
    worstPurity: alive.length > 0 ? Math.min(...alive.map((unit) => purity[unit])) : 0,
    meanPurity: alive.reduce((sum, unit) => sum + purity[unit], 0) / Math.max(1, alive.length),
    weightedPurity,
    nClassesFound: new Set(alive.map((unit) => bestClass[unit])).size,
  };
}
