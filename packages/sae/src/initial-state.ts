import { type AdamSnapshot, ShapeError } from '@featurescope/tensor';
import type { TrainingConfig } from './config.ts';
import { geometricMedian } from './geometric-median.ts';
import { expectedAverageScale, randomDecoderRows } from './initial-weights.ts';
import { Rng } from './rng.ts';
import type { TrainerState } from './trainer-state.ts';

/** Rows that the geometric median is taken over at most. */
const MEDIAN_ROWS = 4096;

/** A run at step 0: random unit directions for decoder and encoder, the input scale and b_dec measured on the first rows.
 *  firstRows: [n, dModel], raw, n ≥ 1. Throws ShapeError. */
export function initialState(config: TrainingConfig, firstRows: Float32Array): TrainerState {
  const { dModel, nLatents, seed } = config;
  const nRows = firstRows.length / dModel;
  if (!Number.isInteger(nRows) || nRows < 1) {
    throw new ShapeError(`The first rows must be a multiple of dModel ${dModel} values, but are ${firstRows.length}`);
  }
  if (!firstRows.every(Number.isFinite)) throw new ShapeError('The first rows hold a value that is not finite');
  const scale = config.normalizeActivations === 'none' ? 1 : expectedAverageScale(firstRows, dModel);
  const rng = Rng.fromSeed(seed, 'sae-trainer');
  const decoder = randomDecoderRows(config, rng);
  const bDec =
    config.bDecInit === 'zeros'
      ? new Float32Array(dModel)
      : geometricMedian(firstRows.subarray(0, MEDIAN_ROWS * dModel), dModel).map((value) => value * scale);
  const untrained = (value: Float32Array): AdamSnapshot => ({
    value,
    firstMoment: new Float32Array(value.length),
    secondMoment: new Float32Array(value.length),
  });
  return {
    config,
    step: 0,
    scale,
    firstFvu: null,
    parameters: {
      encoder: untrained(decoder),
      decoder: untrained(decoder),
      bEnc: untrained(new Float32Array(nLatents)),
      bDec: untrained(bDec),
    },
    tokensSinceFired: new Float64Array(nLatents),
    rng: rng.state(),
    resampleRows: new Float32Array(0),
  };
}
