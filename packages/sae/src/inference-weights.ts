import { architectures } from './architectures/index.ts';
import type { PerParameter } from './parameters.ts';
import { foldDecoderNorms, foldInputScale, type SaeWeights, transpose } from './sae-weights.ts';
import type { TrainingConfig } from './training-config.ts';

interface Trained {
  /** As the trainer keeps them, for rows multiplied by `scale`. */
  values: PerParameter<Float32Array>;
  scale: number;
  /** θ of batchtopk and matryoshka. */
  batchThreshold: number;
}

/** Trained parameters as a dictionary for raw rows, equal to what SAELens saves for inference. Where latents compete by pre·‖d‖, the
 *  decoder's norms are folded after the scale, which makes rows of norm 1; one θ for all latents is in units of pre·‖d‖ then, and
 *  ‖d‖ has become 1/scale times as long, so it is divided too. Elsewhere θ is in units of pre, which the scale leaves alone. */
export function inferenceWeights(config: TrainingConfig, { values, scale, batchThreshold }: Trained): SaeWeights {
  const { dModel, nLatents, architecture, decoder } = config;
  const { competes, hasBatchThreshold } = architectures[architecture];
  const { rMag, bMag, threshold } = values;
  const trained: SaeWeights = {
    wEnc: transpose(values.encoder, nLatents, dModel),
    wDec: values.decoder,
    bEnc: values.bEnc,
    bDec: values.bDec,
    // Negative ones are what the next step would start by setting to 0.
    ...(threshold ? { threshold: threshold.map((value) => Math.max(0, value)) } : {}),
    ...(rMag && bMag ? { rMag, bMag } : {}),
  };
  const scaled = foldInputScale(trained, scale);
  const selectsByNorm = competes && decoder === 'free';
  const weights = selectsByNorm ? foldDecoderNorms(scaled, dModel) : scaled;
  if (hasBatchThreshold) {
    const ofRawRows = selectsByNorm ? batchThreshold / scale : batchThreshold;
    weights.threshold = new Float32Array(nLatents).fill(ofRawRows);
  }
  return weights;
}
