import { isJsonObject } from './bounded-file.ts';
import { ModelFormatError } from './errors.ts';

/** Rotary position embedding: its base and, for long-context models, how the frequencies are stretched. */
export interface RopeConfig {
  theta: number;
  scaling:
    | { type: 'default' }
    | { type: 'linear'; factor: number }
    | {
        type: 'llama3';
        factor: number;
        lowFrequencyFactor: number;
        highFrequencyFactor: number;
        originalContextSize: number;
      };
}

/** Reads the rotary settings of a config.json in either spelling: `rope_theta` and `rope_scaling`, or the newer
 *  `rope_parameters` that holds both. Throws ModelFormatError for kinds other than default, linear and llama3. */
export function parseRope(raw: Record<string, unknown>): RopeConfig {
  const nested = raw.rope_parameters ?? raw.rope_scaling ?? {};
  if (!isJsonObject(nested)) throw invalid('rope_parameters', nested);
  const theta = positive(nested.rope_theta ?? raw.rope_theta ?? 10_000, 'rope_theta');
  const type = nested.rope_type ?? nested.type ?? 'default';
  if (type === 'default') return { theta, scaling: { type } };
  const factor = positive(nested.factor, 'factor');
  if (type === 'linear') return { theta, scaling: { type, factor } };
  if (type === 'llama3') {
    return {
      theta,
      scaling: {
        type,
        factor,
        lowFrequencyFactor: positive(nested.low_freq_factor, 'low_freq_factor'),
        highFrequencyFactor: positive(nested.high_freq_factor, 'high_freq_factor'),
        originalContextSize: positive(nested.original_max_position_embeddings, 'original_max_position_embeddings'),
      },
    };
  }
  throw invalid('rope_type', type, 'default, linear or llama3');
}

function positive(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) throw invalid(field, value);
  return value;
}

function invalid(field: string, value: unknown, expected = 'a positive number'): ModelFormatError {
  return new ModelFormatError(`config.json: "${field}" is ${JSON.stringify(value)}; expected ${expected}`, {
    file: 'config.json',
    field,
    value,
  });
}

/** cos and sin of every position's angles: two [nPositions, headDim / 2] tables, computed in float64. */
export function rotaryTables(rope: RopeConfig, headDim: number, nPositions: number): RotaryTables {
  const half = headDim / 2;
  const cos = new Float32Array(nPositions * half);
  const sin = new Float32Array(nPositions * half);
  for (let pair = 0; pair < half; pair++) {
    // The reference implementation keeps frequencies and angles in float32; rounding the same way keeps far positions equal.
    const frequency = Math.fround(stretch(rope.theta ** (-pair / half), rope.scaling));
    for (let position = 0; position < nPositions; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + pair] = Math.cos(angle);
      sin[position * half + pair] = Math.sin(angle);
    }
  }
  return { cos, sin };
}

export interface RotaryTables {
  cos: Float32Array;
  sin: Float32Array;
}

/** llama3: wavelengths beyond the original context are slowed down by `factor`, short ones kept, those between blended. */
function stretch(frequency: number, scaling: RopeConfig['scaling']): number {
  if (scaling.type === 'default') return frequency;
  if (scaling.type === 'linear') return frequency / scaling.factor;
  const wavelength = (2 * Math.PI) / frequency;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextSize } = scaling;
  if (wavelength > originalContextSize / low) return frequency / factor;
  if (wavelength < originalContextSize / high) return frequency;
  const blend = (originalContextSize / wavelength - low) / (high - low);
  return ((1 - blend) * frequency) / factor + blend * frequency;
}
