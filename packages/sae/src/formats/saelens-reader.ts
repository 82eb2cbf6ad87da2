import { SaeFormatError } from '../errors.ts';
import { foldWhitening } from '../fold-whitening.ts';
import { foldDecoderNorms, foldInputScale, type SaeWeights, transpose } from '../sae-weights.ts';
import { JsonFields } from './json-fields.ts';
import type { LoadedDictionary } from './loaded-dictionary.ts';
import { readSaelensConfig, type SaelensConfig } from './saelens-config.ts';
import { hasTensor, readSafetensorsFile, type TensorFile, takeScalar, takeTensor } from './tensor-file.ts';

/** What may lie beside cfg.json and sae_weights.safetensors. */
export interface SaelensExtras {
  /** sparsity.safetensors */
  sparsity?: Uint8Array;
  /** activation_scaler.json, of a checkpoint */
  activationScaler?: string;
  /** activation_whitening.safetensors, of a checkpoint */
  activationWhitening?: Uint8Array;
}

const WEIGHTS = 'sae_weights.safetensors';
const WHITENING = 'activation_whitening.safetensors';

/** Reads a SAELens directory of any architecture but `temporal`. Whatever can be is folded into the weights: the scale of the
 *  input, its whitening, decoder norms where selection is by pre·‖d‖, a finetuned scale. Weights of any float type are computed
 *  with in float32. Throws SaeFormatError and names file, field or tensor. */
export function fromSaelensDirectory(
  cfgJson: string,
  weightBytes: Uint8Array,
  extras: SaelensExtras = {},
): LoadedDictionary {
  const cfg = readSaelensConfig(cfgJson);
  const { config, metadata } = cfg;
  const notes: string[] = [];
  const file = readSafetensorsFile(WEIGHTS, weightBytes);
  let weights = readWeights(file, cfg);
  weights = foldFinetunedScale(weights, file, cfg);
  weights = foldScale(weights, cfg, { activationScaler: extras.activationScaler, notes });
  if (cfg.rescalesByDecoderNorm) weights = foldSelectionNorms(weights, cfg);
  if (cfg.isWhitened) weights = foldStoredWhitening(weights, cfg, extras.activationWhitening);
  return {
    config,
    weights,
    metadata,
    notes,
    ...(extras.sparsity ? { logDensity: readSparsity(extras.sparsity, config.nLatents) } : {}),
  };
}

function readWeights(file: TensorFile, { config, hasScalarThreshold }: SaelensConfig): SaeWeights {
  const { architecture, dModel, nLatents, transcoder } = config;
  const dOut = transcoder?.dOut ?? dModel;
  const perLatent = (name: string) => takeTensor(file, name, [nLatents]);
  const wDec = takeTensor(file, 'W_dec', [nLatents, dOut]);
  const bDec = takeTensor(file, 'b_dec', [dOut]);
  if (architecture === 'matching_pursuit')
    return { wEnc: transpose(wDec, nLatents, dModel), wDec, bEnc: new Float32Array(nLatents), bDec };
  const wEnc = takeTensor(file, 'W_enc', [dModel, nLatents]);
  if (architecture === 'gated') {
    return { wEnc, wDec, bEnc: perLatent('b_gate'), bDec, rMag: perLatent('r_mag'), bMag: perLatent('b_mag') };
  }
  const weights: SaeWeights = { wEnc, wDec, bEnc: perLatent('b_enc'), bDec };
  if (architecture === 'nmf' && hasTensor(file, 'W_enc_negative'))
    weights.wEncNegative = takeTensor(file, 'W_enc_negative', [dModel, nLatents]);
  if (architecture === 'jumprelu') {
    weights.threshold = hasScalarThreshold
      ? new Float32Array(nLatents).fill(takeScalar(file, 'topk_threshold'))
      : perLatent('threshold');
  }
  if (transcoder && hasTensor(file, 'W_skip'))
    weights.wSkip = transpose(takeTensor(file, 'W_skip', [dOut, dModel]), dOut, dModel);
  return weights;
}

/** Before SAELens 6, decoding could multiply each activation by a finetuned factor: the decoder's rows take it. All ones were
 *  written for a while and mean nothing. */
function foldFinetunedScale(weights: SaeWeights, file: TensorFile, cfg: SaelensConfig): SaeWeights {
  if (!hasTensor(file, 'scaling_factor')) return weights;
  const factors = takeTensor(file, 'scaling_factor', [cfg.config.nLatents]);
  if (factors.every((factor) => Math.abs(factor - 1) <= 1e-5)) return weights;
  if (!cfg.hasFinetunedScale)
    throw new SaeFormatError(
      `${WEIGHTS} has a tensor scaling_factor that is not all ones, but cfg.json has finetuning_scaling_factor false: ` +
        'set it to true if decoding multiplies activations by it, or remove the tensor',
    );
  const width = weights.bDec.length;
  return { ...weights, wDec: weights.wDec.map((value, at) => value * factors[Math.floor(at / width)]) };
}

/** The scale that training multiplied its inputs by: in cfg.json, or in activation_scaler.json of a checkpoint. */
function foldScale(
  weights: SaeWeights,
  cfg: SaelensConfig,
  { activationScaler, notes }: { activationScaler?: string; notes: string[] },
): SaeWeights {
  if (cfg.inputScale === 1) return weights;
  const scale = cfg.inputScale === 'unknown' ? storedScale(activationScaler) : cfg.inputScale;
  if (scale === null) {
    notes.push(
      'cfg.json has normalize_activations expected_average_only_in, but the scale is in none of the files: rows are encoded as ' +
        'they are. If the scale was not folded into the weights, activations are off by it.',
    );
    return weights;
  }
  if (cfg.config.architecture === 'matching_pursuit' || cfg.config.transcoder)
    throw new SaeFormatError(
      `cfg.json has normalize_activations with a scale of ${scale}, which cannot be folded into ` +
        `${cfg.config.transcoder ? 'a transcoder' : 'matching_pursuit, whose encoder is its decoder'}`,
    );
  notes.push(`The input scale ${scale} is folded into the weights.`);
  const folded = foldInputScale(weights, scale);
  // In units of pre·‖d‖, and ‖d‖ has just become 1/scale times as long.
  if (cfg.rescalesByDecoderNorm && folded.threshold) folded.threshold = folded.threshold.map((value) => value / scale);
  return folded;
}

function storedScale(activationScaler: string | undefined): number | null {
  if (activationScaler === undefined) return null;
  const scaler = JsonFields.parse('activation_scaler.json', activationScaler);
  if (!scaler.has('scaling_factor')) return null;
  const scale = scaler.number('scaling_factor', 1);
  if (scale > 0) return scale;
  throw scaler.refusal('scaling_factor', 'a number above 0');
}

/** Plain selection from unit decoder rows is the same as selection by pre·‖d‖. A threshold is in those units already. */
function foldSelectionNorms({ threshold, ...weights }: SaeWeights, { config }: SaelensConfig): SaeWeights {
  const folded = foldDecoderNorms(weights, config.dModel);
  return threshold ? { ...folded, threshold } : folded;
}

function foldStoredWhitening(
  weights: SaeWeights,
  { config }: SaelensConfig,
  bytes: Uint8Array | undefined,
): SaeWeights {
  const { architecture, dModel, transcoder, applyBDecToInput } = config;
  if (architecture === 'matching_pursuit' || transcoder)
    throw new SaeFormatError(
      `cfg.json has normalize_activations covariance_whitening, which cannot be folded into ${transcoder ? 'a transcoder' : architecture}`,
    );
  if (bytes === undefined)
    throw new SaeFormatError(
      `cfg.json has normalize_activations covariance_whitening, but ${WHITENING} is missing: add it, or export the dictionary ` +
        'from SAELens after training, when the whitening is folded in',
    );
  const file = readSafetensorsFile(WHITENING, bytes);
  const take = (name: string, shape: number[]) => {
    takeTensor(file, name, shape);
    return file.tensors[name].data;
  };
  const whitening = {
    mean: take('mean', [dModel]),
    matrix: take('matrix', [dModel, dModel]),
    inverse: take('inverse_matrix', [dModel, dModel]),
  };
  return foldWhitening(weights, whitening, applyBDecToInput);
}

function readSparsity(bytes: Uint8Array, nLatents: number): Float32Array {
  return takeTensor(readSafetensorsFile('sparsity.safetensors', bytes), 'sparsity', [nLatents]);
}
