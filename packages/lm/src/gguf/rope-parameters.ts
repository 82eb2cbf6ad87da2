import { ModelFormatError } from '../errors.ts';
import type { GgufFile } from './gguf-file.ts';
import type { MetadataReader } from './metadata-reader.ts';

/** Hugging Face's `rope_parameters`. GGUF keeps Llama 3's stretched frequencies as the divisors they come to, in a tensor;
 *  the settings that give them are found again. Throws ModelFormatError when none does. */
export async function ropeParameters(
  name: string,
  gguf: GgufFile,
  metadata: MetadataReader,
): Promise<Record<string, unknown>> {
  const key = (suffix: string) => `${name}.rope.${suffix}`;
  const theta = metadata.number(key('freq_base'), 10_000);
  const nHeads = metadata.integer(`${name}.attention.head_count`);
  const headDim = metadata.integer(
    `${name}.attention.key_length`,
    metadata.integer(`${name}.embedding_length`) / nHeads,
  );
  const rotaryDim = metadata.integer(key('dimension_count'), headDim);
  const base = { rope_theta: theta, ...(rotaryDim !== headDim && { partial_rotary_factor: rotaryDim / headDim }) };
  if (gguf.tensors.has('rope_factors_short.weight')) {
    const read = async (tensor: string) => Array.from(await gguf.read(tensor, [rotaryDim / 2]));
    return {
      ...base,
      rope_type: 'longrope',
      short_factor: await read('rope_factors_short.weight'),
      long_factor: await read('rope_factors_long.weight'),
      ...(metadata.has(key('scaling.attn_factor')) && {
        attention_factor: metadata.number(key('scaling.attn_factor')),
      }),
    };
  }
  if (gguf.tensors.has('rope_freqs.weight')) {
    const factors = await gguf.read('rope_freqs.weight', [rotaryDim / 2]);
    return { ...base, ...llama3Settings(factors, { theta, rotaryDim, file: gguf.file }) };
  }
  const oldLinear = metadata.number(key('scale_linear'), 1);
  if (oldLinear !== 1) return { ...base, rope_type: 'linear', factor: oldLinear };
  const type = metadata.string(key('scaling.type'), 'none');
  if (type === 'none') return { ...base, rope_type: 'default' };
  return { ...base, rope_type: type, factor: metadata.number(key('scaling.factor')) };
}

/** Exponents of two, from 16 to a million. */
const ORIGINAL_CONTEXTS = Array.from({ length: 17 }, (_, i) => 2 ** (i + 4));

/** Llama 3.1, 3.2 and 3.3 all blend between wavelengths of a quarter of the original context and the whole of it. */
const [LOW, HIGH] = [1, 4];

function llama3Settings(
  factors: Float32Array,
  { theta, rotaryDim, file }: { theta: number; rotaryDim: number; file: string },
): Record<string, unknown> {
  const factor = factors.reduce((largest, stored) => Math.max(largest, stored), 0);
  for (const original of ORIGINAL_CONTEXTS) {
    const fits = factors.every((stored, pair) => {
      const wavelength = 2 * Math.PI * theta ** ((2 * pair) / rotaryDim);
      // Written in float32 by a program that may round in another order.
      return Math.abs(stored / divisor(wavelength, original, factor) - 1) < 1e-4;
    });
    if (fits) {
      return {
        rope_type: 'llama3',
        factor,
        low_freq_factor: LOW,
        high_freq_factor: HIGH,
        original_max_position_embeddings: original,
      };
    }
  }
  const tensor = 'rope_freqs.weight';
  throw new ModelFormatError(`${file}: tensor "${tensor}" holds factors that are not those of Llama 3`, {
    file,
    tensor,
  });
}

function divisor(wavelength: number, original: number, factor: number): number {
  if (wavelength < original / HIGH) return 1;
  if (wavelength > original / LOW) return factor;
  const blend = (original / wavelength - LOW) / (HIGH - LOW);
  return 1 / ((1 - blend) / factor + blend);
}
