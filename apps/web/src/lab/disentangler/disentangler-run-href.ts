import { classTask, type DisentanglerConfig, disentanglerTraining } from '@featurescope/sae/toy/settings';
import { syntheticRunHref } from '../run-link.ts';

/** New run with a dictionary of the same classifier's hidden layer, begun and trained as the Lab's. */
export function disentanglerRunHref(config: DisentanglerConfig): string {
  const { architecture, k, l1Coefficient, start, nLatents, seed } = config;
  const { nSteps, batchSize, learningRate } = disentanglerTraining(config);
  return syntheticRunHref({
    generator: { ...classTask, nSamples: 4096, seed },
    dictionary: {
      architecture,
      ...(architecture === 'topk' ? { k } : { l1Coefficient }),
      nLatents,
      decoderInit: start,
      bDecInit: 'zeros',
      nTokens: nSteps * batchSize,
      batchSize,
      learningRate,
    },
  });
}
