import type { AdamSnapshot } from '@featurescope/tensor';
import { parameterNamesOf } from './architectures/index.ts';
import { SaeFormatError } from './errors.ts';
import { type ParameterName, type ParameterSnapshots, parameterShape, perParameter } from './parameters.ts';
import type { RngState } from './rng.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Tensor,
  type Safetensors,
  type StoredTensor,
} from './safetensors.ts';
import type { TrainingConfig } from './training-config.ts';

/** Everything a trainer needs to continue bit for bit, in scaled coordinates. */
export interface TrainerState {
  config: TrainingConfig;
  /** Steps done. */
  step: number;
  /** Factor that rows are multiplied by. */
  scale: number;
  /** FVU of the first step, against which an explosion is measured; null before it. */
  firstFvu: number | null;
  /** Those of the architecture. */
  parameters: ParameterSnapshots;
  /** θ of batchtopk and matryoshka in float64, in units of what is selected by; 0 before it was measured and in other architectures. */
  batchThreshold: number;
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
  const tensors: Record<string, StoredTensor> = {
    tokensSinceFired: { dtype: 'F64', shape: [nLatents], data: tokensSinceFired },
    resampleRows: { dtype: 'F32', shape: [resampleRows.length / dModel, dModel], data: resampleRows },
  };
  for (const name of parameterNamesOf(state.config)) {
    const snapshot = parameters[name];
    if (!snapshot) throw new SaeFormatError(`A trainer state of ${state.config.architecture} must have ${name}`);
    const shape = parameterShape(name, state.config);
    for (const part of snapshotParts) tensors[`${name}.${part}`] = { dtype: 'F32', shape, data: snapshot[part] };
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
    // States from before there was a θ have none.
    batchThreshold: rest.batchThreshold ?? 0,
    parameters: readParameters(file, rest.config),
    tokensSinceFired: counters.data,
    resampleRows: rows.data,
  };
}

function readParameters(file: Safetensors, config: TrainingConfig): ParameterSnapshots {
  return perParameter(parameterNamesOf(config), (name: ParameterName): AdamSnapshot => {
    const part = (of: keyof AdamSnapshot) => float32Tensor(file, `${name}.${of}`, parameterShape(name, config));
    return { value: part('value'), firstMoment: part('firstMoment'), secondMoment: part('secondMoment') };
  });
}
