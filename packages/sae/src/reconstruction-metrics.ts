import { ShapeError } from '@featurescope/tensor';
import type { SparseActs } from './sparse-acts.ts';

/** How well a dictionary reconstructs rows; sums over dModel, means over rows unless said otherwise. */
export interface ReconstructionResult {
  /** Rows seen. */
  nTokens: number;
  /** Rows behind deadShare and densityHistogram: these, and those of which only firings were counted. */
  nFiringTokens: number;
  /** Σ‖x − x̂‖² / Σ‖x − x̄‖² over all rows. */
  fvu: number;
  /** 1 − FVU: about the mean, not about zero. */
  explainedVariance: number;
  /** E Σ(x − x̂)² */
  mse: number;
  /** E Σ[f ≠ 0]; f is never below 0 but in dictionaries that select by magnitude. */
  l0: number;
  /** E Σ|f| */
  l1: number;
  /** E cos(x, x̂), over rows where neither is zero. */
  cosine: number;
  /** E ‖x̂‖/‖x‖ over rows with x ≠ 0: below 1 is shrinkage. */
  l2Ratio: number;
  /** E‖x̂‖² / E[x·x̂] */
  relativeReconstructionBias: number;
  /** Share of latents that fired on none of the nFiringTokens rows. */
  deadShare: number;
  /** How many latents fire on which share of rows. */
  densityHistogram: DensityHistogram;
}

/** counts[i]: latents whose log10(firings / nFiringTokens) lies in log10Edges[i] ≤ · < log10Edges[i + 1]. Silent latents are in none; below the
 *  first edge counts in the first bin, and a density of 1 in the last. */
export interface DensityHistogram {
  log10Edges: number[];
  counts: number[];
}

/** From one firing in a million rows to every row, in quarter decades. */
const LOG10_EDGES = Array.from({ length: 25 }, (_, i) => -6 + i / 4);

/** Accumulates a dictionary's figures over any number of rows, in float64. */
export class ReconstructionMetrics {
  /** [nLatents]: rows on which each latent fired. */
  readonly firingCounts: Float64Array;
  private readonly dModel: number;
  private nRows = 0;
  private nFiringRows = 0;
  /** Running mean of x and Σ‖x − x̄‖² (Welford): Σ‖x‖² − n‖x̄‖² would cancel where the mean is large. */
  private readonly mean: Float64Array;
  private deviations = 0;
  private squaredErrors = 0;
  private cosines = 0;
  private nCosines = 0;
  private norms = 0;
  private nNorms = 0;
  private reconstructionSquares = 0;
  private dotProducts = 0;
  private nFirings = 0;
  private actSum = 0;

  constructor({ dModel, nLatents }: { dModel: number; nLatents: number }) {
    this.dModel = dModel;
    this.firingCounts = new Float64Array(nLatents);
    this.mean = new Float64Array(dModel);
  }

  /** rows, reconstruction: [nRows, dModel]; acts: the same rows' activations. Throws ShapeError. */
  add(rows: Float32Array, reconstruction: Float32Array, acts: SparseActs): void {
    const { dModel } = this;
    if (rows.length !== acts.nRows * dModel || reconstruction.length !== rows.length) {
      throw new ShapeError(
        `${acts.nRows} rows of ${dModel} values were expected, but got ${rows.length} and ${reconstruction.length} values`,
      );
    }
    for (let r = 0; r < acts.nRows; r++) {
      this.addRow(rows.subarray(r * dModel, (r + 1) * dModel), reconstruction.subarray(r * dModel, (r + 1) * dModel));
    }
    for (const value of acts.values) this.actSum += Math.abs(value);
    this.nFirings += acts.indices.length;
    this.addFirings(acts);
  }

  /** Rows of which only the firings count: whether a rare latent is dead takes more rows than how well it reconstructs. */
  addFirings(acts: SparseActs): void {
    for (const latent of acts.indices) this.firingCounts[latent]++;
    this.nFiringRows += acts.nRows;
  }

  /** The figures over everything added so far; NaN where nothing has been. */
  result(): ReconstructionResult {
    const { nRows } = this;
    const fvu = this.squaredErrors / this.deviations;
    return {
      nTokens: nRows,
      nFiringTokens: this.nFiringRows,
      fvu,
      explainedVariance: 1 - fvu,
      mse: this.squaredErrors / nRows,
      l0: this.nFirings / nRows,
      l1: this.actSum / nRows,
      cosine: this.cosines / this.nCosines,
      l2Ratio: this.norms / this.nNorms,
      relativeReconstructionBias: this.reconstructionSquares / this.dotProducts,
      deadShare: this.firingCounts.filter((count) => count === 0).length / this.firingCounts.length,
      densityHistogram: this.densityHistogram(),
    };
  }

  private addRow(x: Float32Array, reconstruction: Float32Array): void {
    this.nRows++;
    let [xx, rr, xr, ee] = [0, 0, 0, 0];
    for (let j = 0; j < x.length; j++) {
      const [a, b] = [x[j], reconstruction[j]];
      xx += a * a;
      rr += b * b;
      xr += a * b;
      ee += (a - b) ** 2;
      const before = a - this.mean[j];
      this.mean[j] += before / this.nRows;
      this.deviations += before * (a - this.mean[j]);
    }
    this.squaredErrors += ee;
    this.reconstructionSquares += rr;
    this.dotProducts += xr;
    if (xx === 0) return;
    this.norms += Math.sqrt(rr / xx);
    this.nNorms++;
    if (rr === 0) return;
    this.cosines += xr / Math.sqrt(xx * rr);
    this.nCosines++;
  }

  private densityHistogram(): DensityHistogram {
    const counts = new Array<number>(LOG10_EDGES.length - 1).fill(0);
    for (const firings of this.firingCounts) {
      if (firings === 0) continue;
      const position = (Math.log10(firings / this.nFiringRows) - LOG10_EDGES[0]) * 4;
      counts[Math.min(counts.length - 1, Math.max(0, Math.floor(position)))]++;
    }
    return { log10Edges: [...LOG10_EDGES], counts };
  }
}
