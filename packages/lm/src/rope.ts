import type { ConfigFields } from './architectures/config-fields.ts';

/** Rotary position embedding: its base, how much of a head turns and, for long contexts, how the frequencies are stretched. */
export interface RopeConfig {
  theta: number;
  /** How many dimensions of each head turn, the first ones; the others keep still. Even. */
  rotaryDim: number;
  scaling: RopeScaling;
}

export type RopeScaling =
  | { type: 'default' }
  | { type: 'linear'; factor: number }
  | {
      type: 'llama3';
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      originalContextSize: number;
    }
  | LongRope;

/** LongRoPE (Ding et al. 2024) within the context that the model was first trained on, where it divides by its short
 *  factors. Beyond, the reference switches all positions of a text to the long factors at once. */
export interface LongRope {
  type: 'longrope';
  /** Divisors of the frequencies, one for each pair of dimensions. */
  factors: number[];
  /** cos and sin of the pairs that turn are multiplied by this. */
  amplitude: number;
}

interface RopeOptions {
  headDim: number;
  /** The base where the file names none. */
  theta?: number;
  /** Share of a head's dimensions that turns where the file names none. Absent: the architecture turns them all. */
  rotaryShare?: number;
  /** Kinds of stretching besides the general ones that this architecture has. */
  longRope?: (nested: ConfigFields, rotaryDim: number) => LongRope;
}

/** Reads the rotary settings of a config.json in either spelling: `rope_theta` and `rope_scaling`, or the newer
 *  `rope_parameters` that holds both. Throws ModelFormatError for kinds other than default, linear and llama3. */
export function parseRope(config: ConfigFields, options: RopeOptions): RopeConfig {
  const theta = config.positiveNumber('rope_theta', options.theta ?? 10_000);
  return readRope(config.nested('rope_parameters') ?? config.nested('rope_scaling'), {
    ...options,
    theta,
    rotaryShare: rotaryShare(config, options.rotaryShare),
  });
}

/** The same, from the nested object alone. */
export function readRope(nested: ConfigFields | null, options: RopeOptions & { theta: number }): RopeConfig {
  const { headDim } = options;
  if (nested === null) {
    return { theta: options.theta, rotaryDim: evenPart(headDim * (options.rotaryShare ?? 1)), scaling: plain };
  }
  const theta = nested.positiveNumber('rope_theta', options.theta);
  const rotaryDim = evenPart(headDim * (rotaryShare(nested, options.rotaryShare) ?? 1));
  return { theta, rotaryDim, scaling: readScaling(nested, rotaryDim, options.longRope) };
}

/** Where the architecture turns whole heads (absent is undefined), a file that says otherwise is refused. */
function rotaryShare(config: ConfigFields, absent: number | undefined): number | undefined {
  const field = 'partial_rotary_factor';
  if (absent === undefined) {
    config.oneOf(field, [1], 1);
    return undefined;
  }
  const share = config.positiveNumber(field, absent);
  return share <= 1 ? share : config.refuse(field, share, 'a share of a head, at most 1');
}

const plain = { type: 'default' } as const;

function evenPart(dimensions: number): number {
  return 2 * Math.ceil(Math.floor(dimensions) / 2);
}

function readScaling(nested: ConfigFields, rotaryDim: number, longRope: RopeOptions['longRope']): RopeScaling {
  const type = nested.raw('rope_type') ?? nested.raw('type') ?? 'default';
  if (type === 'default') return plain;
  // `su` and, in the oldest files, `yarn` are what LongRoPE was called before it had its name.
  if (longRope && (type === 'longrope' || type === 'su' || type === 'yarn')) return longRope(nested, rotaryDim);
  if (type === 'linear') return { type, factor: nested.positiveNumber('factor') };
  if (type === 'llama3') {
    return {
      type,
      factor: nested.positiveNumber('factor'),
      lowFrequencyFactor: nested.positiveNumber('low_freq_factor'),
      highFrequencyFactor: nested.positiveNumber('high_freq_factor'),
      originalContextSize: nested.positiveNumber('original_max_position_embeddings'),
    };
  }
  return nested.refuse('rope_type', type, `default, linear${longRope ? ', longrope' : ''} or llama3`);
}

/** cos and sin of every position's angles: two [nPositions, headDim / 2] tables, computed in float64. Pairs beyond
 *  rotaryDim / 2 have an angle of zero; see qkv-rows.ts for how heads are ordered to match. */
export function rotaryTables(
  rope: RopeConfig,
  headDim: number,
  nPositions: number,
): Record<'cos' | 'sin', Float32Array> {
  const half = headDim / 2;
  const nTurning = rope.rotaryDim / 2;
  const amplitude = rope.scaling.type === 'longrope' ? rope.scaling.amplitude : 1;
  const cos = new Float32Array(nPositions * half).fill(1);
  const sin = new Float32Array(nPositions * half);
  for (let pair = 0; pair < nTurning; pair++) {
    // The reference implementation keeps frequencies and angles in float32; rounding the same way keeps far positions equal.
    const frequency = Math.fround(stretch(rope.theta ** (-pair / nTurning), pair, rope.scaling));
    for (let position = 0; position < nPositions; position++) {
      const angle = Math.fround(position * frequency);
      cos[position * half + pair] = amplitude * Math.cos(angle);
      sin[position * half + pair] = amplitude * Math.sin(angle);
    }
  }
  return { cos, sin };
}

/** llama3: wavelengths beyond the original context are slowed down by `factor`, short ones kept, those between blended. */
function stretch(frequency: number, pair: number, scaling: RopeScaling): number {
  if (scaling.type === 'default') return frequency;
  if (scaling.type === 'linear') return frequency / scaling.factor;
  if (scaling.type === 'longrope') return frequency / scaling.factors[pair];
  const wavelength = (2 * Math.PI) / frequency;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextSize } = scaling;
  if (wavelength > originalContextSize / low) return frequency / factor;
  if (wavelength < originalContextSize / high) return frequency;
  const blend = (originalContextSize / wavelength - low) / (high - low);
  return ((1 - blend) * frequency) / factor + blend * frequency;
}
