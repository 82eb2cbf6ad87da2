import { type AdamSnapshot, ShapeError } from '@featurescope/tensor';
import { architectures, parameterNamesOf } from './architectures/index.ts';
import { dataPointDirections } from './data-points.ts';
import { densityPeaks } from './density-peaks.ts';
import { geometricMedian } from './geometric-median.ts';
import { expectedAverageScale, randomDecoderRows } from './initial-weights.ts';
import { type OwnParameterName, type ParameterName, parameterShape, perParameter } from './parameters.ts';
import { Rng } from './rng.ts';
import type { TrainerState } from './trainer-state.ts';
import type { TrainingConfig } from './training-config.ts';

/** Rows that the geometric median is taken over at most. */
const MEDIAN_ROWS = 4096;

/** A run at step 0: directions for decoder and encoder, the input scale and b_dec measured on the first rows.
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
  const bDec =
    config.bDecInit === 'zeros'
      ? new Float32Array(dModel)
      : geometricMedian(firstRows.subarray(0, MEDIAN_ROWS * dModel), dModel).map((value) => value * scale);
  const decoder = randomDecoderRows(config, rng);
  if (config.decoderInit !== 'random') {
    const centred = firstRows.map((value, at) => value * scale - bDec[at % dModel]);
    const directions =
      config.decoderInit === 'densityPeaks'
        ? densityPeaks(centred, dModel, nLatents)
        : dataPointDirections(centred, dModel, nLatents, seed);
    decoder.set(directions.map((value) => value * config.decoderInitNorm));
  }
  const { initialValue } = architectures[config.architecture];
  const started: Partial<Record<ParameterName, Float32Array>> = { encoder: decoder, decoder, bDec };
  const initial = (name: ParameterName) =>
    started[name] ??
    new Float32Array(parameterShape(name, config)[0]).fill(
      initialValue?.(config, name as OwnParameterName | 'bEnc') ?? 0,
    );
  return {
    config,
    step: 0,
    scale,
    firstFvu: null,
    parameters: perParameter(parameterNamesOf(config), (name) => untrained(initial(name))),
    batchThreshold: 0,
    tokensSinceFired: new Float64Array(nLatents),
    rng: rng.state(),
    resampleRows: new Float32Array(0),
  };
}

function untrained(value: Float32Array): AdamSnapshot {
  return { value, firstMoment: new Float32Array(value.length), secondMoment: new Float32Array(value.length) };
}
