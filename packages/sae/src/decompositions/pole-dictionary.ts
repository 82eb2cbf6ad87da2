import { ShapeError } from '@featurescope/tensor';
import type { FittedDictionary } from './fitted-dictionary.ts';

export interface SignedComponents {
  dModel: number;
  /** [nComponents, dModel]: a component's signed value is its row times (x − centre). */
  encoder: ArrayLike<number>;
  /** [nComponents, dModel]: what a value of 1 adds to the reconstruction. */
  decoder: ArrayLike<number>;
  /** [dModel] */
  centre: ArrayLike<number>;
  /** Keep only the k values of largest magnitude of each row; absent: all. */
  k?: number;
  /** Default both. `positive`: negative values are dropped. */
  poles?: 'both' | 'positive';
}

/** Signed components as latents that are never negative: latent i is the positive pole of component i, latent nComponents + i the
 *  negative one. ReLU(v) − ReLU(−v) = v, so without k the reconstruction is the linear one, centre + Σ valueᵢ · decoderᵢ, and with
 *  k it is that of the k largest magnitudes (a row has one pole of a component at most). Throws ShapeError. */
export function poleDictionary(components: SignedComponents): FittedDictionary {
  const { dModel, encoder, decoder, centre, k, poles = 'both' } = components;
  const nComponents = encoder.length / dModel;
  if (!Number.isInteger(nComponents) || decoder.length !== encoder.length || centre.length !== dModel)
    throw new ShapeError(
      `Components of ${dModel} values do not fit ${encoder.length} encoder, ${decoder.length} decoder and ${centre.length} centre values`,
    );
  const nLatents = poles === 'both' ? 2 * nComponents : nComponents;
  const wEnc = new Float32Array(dModel * nLatents);
  const wDec = new Float32Array(nLatents * dModel);
  for (let i = 0; i < nComponents; i++)
    for (let j = 0; j < dModel; j++) {
      const at = i * dModel + j;
      wEnc[j * nLatents + i] = encoder[at];
      wDec[at] = decoder[at];
      if (poles === 'positive') continue;
      wEnc[j * nLatents + nComponents + i] = -encoder[at];
      wDec[nComponents * dModel + at] = -decoder[at];
    }
  const architecture = k === undefined ? 'standard' : 'topk';
  return {
    config: { architecture, dModel, nLatents, ...(k === undefined ? {} : { k }), applyBDecToInput: true },
    weights: { wEnc, wDec, bEnc: new Float32Array(nLatents), bDec: Float32Array.from(centre) },
  };
}
