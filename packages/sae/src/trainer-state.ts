import type { AdamSnapshot } from '@featurescope/tensor';
import type { TrainingConfig } from './config.ts';
import { SaeFormatError } from './errors.ts';
import { type ParameterName, parameterNames } from './gradients/batch-outcome.ts';
import type { RngState } from './rng.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Tensor,
  type Safetensors,
  type StoredTensor,
} from './safetensors.ts';

/** Everything a trainer needs to continue bit for bit, in scaled coordinates. */
export interface TrainerState {
  config: TrainingConfig;
  /** Steps done. */
  step: number;
  /** Factor that rows are multiplied by. */
  scale: number;
  /** FVU of the first step, against which an explosion is measured; null before it. */
  firstFvu: number | null;
  parameters: Record<ParameterName, AdamSnapshot>;
  /** [nLatents] */
  tokensSinceFired: Float64Array;
  rng: RngState;
  /** Raw rows collected for the next resampling, [n, dModel]; empty outside its window. */
  resampleRows: Float32Array;
}

const FORMAT = 'featurescope-trainer-1';
const snapshotParts = ['value', 'firstMoment', 'secondMoment'] as const;

/** One safetensors file: tensors as they are, everything else as JSON in its metadata. Numbers survive exactly. */
export function encodeTrainerState(state: TrainerState): Uint8Array {
  const { parameters, tokensSinceFired, resampleRows, ...rest } = state;
  const { dModel, nLatents } = state.config;
  const shapes = parameterShapes(state.config);
  const tensors: Record<string, StoredTensor> = {
    tokensSinceFired: { dtype: 'F64', shape: [nLatents], data: tokensSinceFired },
    resampleRows: { dtype: 'F32', shape: [resampleRows.length / dModel, dModel], data: resampleRows },
  };
  for (const name of parameterNames) {
    for (const part of snapshotParts) {
      tensors[`${name}.${part}`] = { dtype: 'F32', shape: shapes[name], data: parameters[name][part] };
    }
  }
  return encodeSafetensors({ tensors, metadata: { format: FORMAT, state: JSON.stringify(rest) } });
}

/** Throws SaeFormatError when the bytes are not a trainer's state, or are of another version. */
export function decodeTrainerState(bytes: Uint8Array): TrainerState {
  const file = decodeSafetensors(bytes);
  if (file.metadata.format !== FORMAT) {
    throw new SaeFormatError(
      `A trainer state has format ${FORMAT}, but this file has ${file.metadata.format ?? 'none'}`,
    );
  }
  const rest = JSON.parse(file.metadata.state) as Omit<
    TrainerState,
    'parameters' | 'tokensSinceFired' | 'resampleRows'
  >;
  const { nLatents } = rest.config;
  const counters = file.tensors.tokensSinceFired;
  if (counters?.dtype !== 'F64' || counters.data.length !== nLatents) {
    throw new SaeFormatError(`tokensSinceFired must hold ${nLatents} numbers of type F64`);
  }
  const rows = file.tensors.resampleRows;
  if (rows?.dtype !== 'F32' || rows.shape[1] !== rest.config.dModel) {
    throw new SaeFormatError(`resampleRows must be rows of ${rest.config.dModel} numbers of type F32`);
  }
  return {
    ...rest,
    parameters: readParameters(file, rest.config),
    tokensSinceFired: counters.data,
    resampleRows: rows.data,
  };
}

/** Shapes as the trainer keeps its parameters. */
export function parameterShapes({
  dModel,
  nLatents,
}: Pick<TrainingConfig, 'dModel' | 'nLatents'>): Record<ParameterName, number[]> {
  return { encoder: [nLatents, dModel], decoder: [nLatents, dModel], bEnc: [nLatents], bDec: [dModel] };
}

function readParameters(file: Safetensors, config: TrainingConfig): Record<ParameterName, AdamSnapshot> {
  const shapes = parameterShapes(config);
  const read = (name: ParameterName): AdamSnapshot => {
    const part = (of: keyof AdamSnapshot) => float32Tensor(file, `${name}.${of}`, shapes[name]);
    return { value: part('value'), firstMoment: part('firstMoment'), secondMoment: part('secondMoment') };
  };
  return { encoder: read('encoder'), decoder: read('decoder'), bEnc: read('bEnc'), bDec: read('bDec') };
}
