import type { RecoveredFeature, TruthRow } from '@featurescope/contracts';
import type { DictionaryMeasurement } from './measure-dictionary.ts';

/** Cosines that are kept of a run, all truths together: a heat map of them all where it is small, else each truth's nearest latents. */
const nKeptCosines = 32_768;
const fewestKept = 8;

/** A run's truths with the latents nearest to them. */
export function truthRows({ cosines, firing, latentOf }: DictionaryMeasurement): TruthRow[] {
  const { nTruths, nLatents, nSamples } = firing;
  const nKept = Math.min(nLatents, Math.max(fewestKept, Math.floor(nKeptCosines / nTruths)));
  return Array.from({ length: nTruths }, (_, index) => {
    const row = cosines.subarray(index * nLatents, (index + 1) * nLatents);
    const matched = latentOf[index];
    const { precision, recall } = matched === -1 ? { precision: 0, recall: 0 } : firing.agreement(index, matched);
    const latents = nearest(row, nKept);
    return {
      index,
      density: firing.truthFirings[index] / nSamples,
      latent: matched === -1 ? null : matched,
      cosine: matched === -1 ? 0 : row[matched],
      precision,
      recall,
      latents,
      cosines: latents.map((latent) => row[latent]),
    };
  });
}

/** Latents of largest absolute cosine, by falling cosine. */
function nearest(row: Float32Array, n: number): number[] {
  const byDistance = Array.from(row.keys()).sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]) || a - b);
  return byDistance.slice(0, n).sort((a, b) => row[b] - row[a] || a - b);
}

/** What each latent has to do with the truths, without its samples; in order of index. */
export function* latentFindings({
  cosines,
  firing,
  latentOf,
  classes,
}: DictionaryMeasurement): Generator<Omit<RecoveredFeature, 'samples'>> {
  const { nTruths, nLatents } = firing;
  for (let latent = 0; latent < nLatents; latent++) {
    const cosineWith = (truth: number) => cosines[truth * nLatents + latent];
    let best = 0;
    let second = -1;
    for (let truth = 1; truth < nTruths; truth++) {
      if (cosineWith(truth) > cosineWith(best)) {
        second = best;
        best = truth;
      } else if (second === -1 || cosineWith(truth) > cosineWith(second)) second = truth;
    }
    const { precision, recall } = firing.agreement(best, latent);
    yield {
      best: { index: best, cosine: cosineWith(best) },
      second: second === -1 ? null : { index: second, cosine: cosineWith(second) },
      matched: latentOf[best] === latent,
      ...{ precision, recall },
      classPurity: classes && { class: classes.bestClass[latent], purity: classes.purity[latent] },
    };
  }
}
