import type { Intervention, ResidualSite } from '@featurescope/lm';
import type { SparseAutoencoder } from '@featurescope/sae';
import type { ActivationReport, SteeredFeature } from '../types.ts';
import { displacement } from './displacement.ts';
import { moveRows, type RowUnits } from './move-rows.ts';

export interface FeatureInterventionOptions {
  sae: Pick<SparseAutoencoder, 'encodeFeatures' | 'decoderNorms' | 'rowScales'>;
  hookName: string;
  features: readonly SteeredFeature[];
  /** [features, dModel], the unit vectors d of the features: activations and projections are measured along these. */
  directions: Float32Array;
  /** [features, dModel], unit vectors that are written instead: the control's. Default: `directions`. */
  writtenDirections?: Float32Array;
  /** Which positions are changed. */
  selects(position: number): boolean;
  onlyWhereActive: boolean;
  /** Receives what was done after each chunk of positions; costs a second encoding. */
  onReports?(reports: ActivationReport[]): void;
}

/** Steers features at one place: x ← x + Σ δ_i d_i in that form, features with δ = 0 skipped, so that a row that is not
 *  to change keeps its bits; whatever of x the dictionary does not explain stays. Sums in double precision, rounded once.
 *  Of a dictionary that normalises its input, activations and δ are in normalised units, and δ is written times the row's scale. */
export class FeatureIntervention implements Intervention {
  readonly hookName: string;
  readonly #options: FeatureInterventionOptions;
  readonly #featureIndices: Int32Array;

  constructor(options: FeatureInterventionOptions) {
    this.hookName = options.hookName;
    this.#options = options;
    this.#featureIndices = Int32Array.from(options.features, (feature) => feature.featureIndex);
  }

  apply(residual: Float32Array, at: ResidualSite): void {
    const selected = this.#selectedRows(at);
    if (selected.length === 0) return;
    const width = at.dModel;
    const rows = new Float32Array(selected.length * width);
    selected.forEach(({ row }, j) => {
      rows.set(residual.subarray(row * width, (row + 1) * width), j * width);
    });
    const before = this.#activations(rows, selected.length);
    const scales = this.#options.sae.rowScales(rows, selected.length);
    const moves = this.#displacements(rows, before, { width, scales });
    const directions = this.#options.writtenDirections ?? this.#options.directions;
    moveRows(rows, moves, { directions, width, scales });
    selected.forEach(({ row }, j) => {
      residual.set(rows.subarray(j * width, (j + 1) * width), row * width);
    });
    this.#report(selected, { rows, before, moves });
  }

  #selectedRows(at: ResidualSite): { row: number; position: number }[] {
    const selected: { row: number; position: number }[] = [];
    for (let text = 0; text < at.batch; text++) {
      for (let offset = 0; offset < at.lengths[text]; offset++) {
        const position = at.startPosition + offset;
        if (this.#options.selects(position)) selected.push({ row: text * at.seqLen + offset, position });
      }
    }
    return selected;
  }

  /** [nRows, features], a = f·‖d‖, rounded to float32 as the index rounds it. */
  #activations(rows: Float32Array, nRows: number): Float32Array {
    const acts = this.#options.sae.encodeFeatures(rows, nRows, this.#featureIndices);
    const nFeatures = this.#featureIndices.length;
    return acts.map((value, j) => value * this.#options.sae.decoderNorms[this.#featureIndices[j % nFeatures]]);
  }

  #displacements(rows: Float32Array, activations: Float32Array, { width, scales }: RowUnits): Float64Array {
    const { features, directions, onlyWhereActive } = this.#options;
    return Float64Array.from(activations, (activation, j) => {
      if (onlyWhereActive && activation === 0) return 0;
      const feature = j % features.length;
      const row = (j - feature) / features.length;
      const isProjected = features[feature].mode === 'projectOut';
      const projection = isProjected ? dot(rows, row, { directions, feature, width }) / (scales?.[row] ?? 1) : 0;
      return displacement(features[feature], { activation, projection });
    });
  }

  #report(
    selected: { position: number }[],
    { rows, before, moves }: { rows: Float32Array; before: Float32Array; moves: Float64Array },
  ): void {
    if (!this.#options.onReports) return;
    const achieved = this.#activations(rows, selected.length);
    const nFeatures = this.#featureIndices.length;
    this.#options.onReports(
      Array.from(achieved, (value, j) => ({
        position: selected[Math.floor(j / nFeatures)].position,
        featureIndex: this.#featureIndices[j % nFeatures],
        before: before[j],
        requested: this.#requested(j % nFeatures, before[j], moves[j]),
        achieved: value,
      })),
    );
  }

  /** a plus the displacement; a feature that is projected out is asked to be silent. */
  #requested(feature: number, before: number, move: number): number {
    return this.#options.features[feature].mode === 'projectOut' && move !== 0 ? 0 : before + move;
  }
}

function dot(
  rows: Float32Array,
  row: number,
  { directions, feature, width }: { directions: Float32Array; feature: number; width: number },
): number {
  let sum = 0;
  for (let j = 0; j < width; j++) sum += rows[row * width + j] * directions[feature * width + j];
  return sum;
}
