import { SaeFormatError } from '../errors.ts';
import type { InferenceConfig } from '../inference-config.ts';
import { foldDecoderNorms, type SaeWeights, transpose } from '../sae-weights.ts';
import { JsonFields, looselyTyped } from './json-fields.ts';
import type { DictionaryMetadata, LoadedDictionary } from './loaded-dictionary.ts';
import { hasTensor, type TensorFile, takeScalar, takeTensor } from './tensor-file.ts';

interface DictionaryClass {
  architecture: InferenceConfig['architecture'];
  applyBDecToInput: boolean;
  /** Its activations carry ‖d‖. */
  scalesByDecoderNorm?: true;
  /** Tensors by our names. W_enc and W_dec of `torch.nn.Linear` are transposed. */
  tensors: Partial<Record<keyof SaeWeights, string>>;
}

const linear = { wEnc: 'encoder.weight', wDec: 'decoder.weight', bEnc: 'encoder.bias' };
const plain = { wEnc: 'W_enc', wDec: 'W_dec', bEnc: 'b_enc', bDec: 'b_dec' };

/** The classes that dictionary_learning trains, by `dict_class`. */
const classes: Record<string, DictionaryClass> = {
  AutoEncoder: { architecture: 'standard', applyBDecToInput: true, tensors: { ...linear, bDec: 'bias' } },
  AutoEncoderNew: { architecture: 'standard', applyBDecToInput: false, tensors: { ...linear, bDec: 'decoder.bias' } },
  GatedAutoEncoder: {
    architecture: 'gated',
    applyBDecToInput: true,
    scalesByDecoderNorm: true,
    tensors: { ...linear, bEnc: 'gate_bias', bDec: 'decoder_bias', rMag: 'r_mag', bMag: 'mag_bias' },
  },
  JumpReluAutoEncoder: {
    architecture: 'jumprelu',
    applyBDecToInput: false,
    scalesByDecoderNorm: true,
    tensors: { ...plain, threshold: 'threshold' },
  },
  AutoEncoderTopK: { architecture: 'topk', applyBDecToInput: true, tensors: { ...linear, bDec: 'b_dec' } },
  BatchTopKSAE: {
    architecture: 'jumprelu',
    applyBDecToInput: true,
    tensors: { ...linear, bDec: 'b_dec', threshold: 'threshold' },
  },
  MatryoshkaBatchTopKSAE: {
    architecture: 'jumprelu',
    applyBDecToInput: true,
    tensors: { ...plain, threshold: 'threshold' },
  },
};

/** A dictionary_learning directory whose `ae.pt` was converted to safetensors: config.json names the class, which decides the
 *  formulas. BatchTopK and matryoshka are read with their inference threshold; gated and JumpReLU activations carry ‖d‖ there, so
 *  decoder norms are folded. Throws SaeFormatError. Source: dictionary_learning, dictionary.py and its trainers. */
export function fromDictionaryLearning(configJson: string, file: TensorFile): LoadedDictionary {
  const { trainer, buffer, name, kind } = readConfig(configJson);
  const dModel = trainer.size('activation_dim');
  const nLatents = trainer.size('dict_size');
  const config: InferenceConfig = {
    architecture: kind.architecture,
    dModel,
    nLatents,
    applyBDecToInput: kind.applyBDecToInput,
    ...(kind.architecture === 'topk' ? { k: readK(trainer, file, nLatents) } : {}),
  };
  const weights = readWeights(file, kind.tensors, config);
  return {
    config,
    weights: kind.scalesByDecoderNorm ? foldDecoderNorms(weights, dModel) : weights,
    metadata: originOf(trainer, buffer),
    notes: weights.threshold?.some((threshold) => threshold < 0)
      ? [`${name} has a threshold below 0, which training had not set yet: every latent above 0 fires.`]
      : [],
  };
}

function readConfig(configJson: string) {
  const config = JsonFields.parse('config.json', configJson);
  const trainer = config.object('trainer');
  const name = trainer.text('dict_class');
  if (!Object.hasOwn(classes, name))
    throw new SaeFormatError(
      `config.json has trainer.dict_class ${name.slice(0, 80)}; readable are ${Object.keys(classes).join(', ')}`,
    );
  return { trainer, buffer: config.object('buffer'), name, kind: classes[name] };
}

function readK(trainer: JsonFields, file: TensorFile, nLatents: number): number {
  const k = trainer.size('k');
  if (k > nLatents) throw new SaeFormatError(`config.json has trainer.k ${k}, more than its ${nLatents} latents`);
  if (hasTensor(file, 'k') && takeScalar(file, 'k') !== k)
    throw new SaeFormatError(`config.json has trainer.k ${k}, but ${file.fileName} has k ${takeScalar(file, 'k')}`);
  return k;
}

function readWeights(
  file: TensorFile,
  names: DictionaryClass['tensors'],
  { dModel, nLatents }: InferenceConfig,
): SaeWeights {
  const take = (name: string | undefined, shape: number[]) => takeTensor(file, name ?? '', shape);
  const isLinear = names.wEnc === 'encoder.weight';
  const weights: SaeWeights = {
    wEnc: isLinear
      ? transpose(take(names.wEnc, [nLatents, dModel]), nLatents, dModel)
      : take(names.wEnc, [dModel, nLatents]),
    wDec: isLinear
      ? transpose(take(names.wDec, [dModel, nLatents]), dModel, nLatents)
      : take(names.wDec, [nLatents, dModel]),
    bEnc: take(names.bEnc, [nLatents]),
    bDec: take(names.bDec, [dModel]),
  };
  for (const key of ['rMag', 'bMag'] as const) if (names[key]) weights[key] = take(names[key], [nLatents]);
  if (names.threshold) {
    const isScalar = file.tensors[names.threshold]?.shape.length === 0;
    weights.threshold = isScalar
      ? new Float32Array(nLatents).fill(takeScalar(file, names.threshold))
      : take(names.threshold, [nLatents]);
  }
  return weights;
}

function originOf(trainer: JsonFields, buffer: JsonFields): Partial<DictionaryMetadata> {
  const { text, number } = looselyTyped(trainer);
  const layer = number('layer');
  const isResidual = text('submodule_name') === undefined || text('submodule_name')?.startsWith('resid_post');
  return {
    modelName: text('lm_name'),
    hookName: layer !== undefined && isResidual ? `blocks.${layer}.hook_resid_post` : undefined,
    contextSize: looselyTyped(buffer).number('ctx_len'),
  };
}
