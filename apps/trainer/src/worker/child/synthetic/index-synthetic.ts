import {
  type EvidenceRow,
  type SyntheticRunForWork,
  storeEvidence,
  storeRecoveredFeatures,
  storeTruths,
} from '@featurescope/db';
import { ActivationHistograms, decoderNeighbours, encodeExamples } from '@featurescope/interp';
import type { SparseActs, SparseAutoencoder } from '@featurescope/sae';
import { requireDictionary } from '../../../run/run-dictionary.ts';
import { generatorOf, openSyntheticData } from '../../../run/run-generator.ts';
import type { StageOutcome } from '../../stage-outcome.ts';
import { enterStage, type StageContext, tell } from '../stage-context.ts';
import { measureOnFresh } from './evaluate-synthetic.ts';
import type { DictionaryMeasurement } from './measure-dictionary.ts';
import { StrongestSamples } from './strongest-samples.ts';
import { latentFindings, truthRows } from './truth-findings.ts';

/** Features written in one transaction. */
const batchFeatures = 128;

/** The job `index` of a run on synthetic data: reads the evaluation samples through the dictionary and writes what every feature has found.
 *  Begun anew, it writes over what an earlier attempt left. */
export async function indexSyntheticStage(context: StageContext<SyntheticRunForWork>): Promise<StageOutcome> {
  const { run, store, writer, control } = context;
  const { nEvaluationSamples } = generatorOf(run);
  const progress = await enterStage(context, { stage: 'index', total: nEvaluationSamples, unit: 'samples' });
  const data = await openSyntheticData(run, () => control.checkpoint());
  const sae = await requireDictionary(store, run.id);
  const evidence = new LatentEvidence(sae);
  const measured = await measureOnFresh(context, {
    ...{ data, sae },
    onProgress: (done) => progress.report(done),
    onSamples: ({ samples, acts }) => evidence.add(acts, samples.acts),
  });
  await writer.write((transaction) => storeTruths(transaction, run.id, truthRows(measured)));
  const rows = evidence.rows(measured);
  for (let from = 0; from < rows.length; from += batchFeatures) {
    await control.checkpoint();
    const batch = rows.slice(from, from + batchFeatures);
    await writer.write(async (transaction) => {
      await storeEvidence(
        transaction,
        run.id,
        batch.map(({ row }) => row),
      );
      await storeRecoveredFeatures(
        transaction,
        run.id,
        batch.map(({ row, recovered }) => ({ index: row.index, ...recovered })),
      );
    });
  }
  tell(context, 'info', `Indexed ${run.nLatents} features over ${nEvaluationSamples} samples`);
  return { type: 'finished', changes: { nFeatures: run.nLatents, nIndexedTokens: nEvaluationSamples } };
}

/** What latents do on samples; activations are a = f·‖d‖, as everywhere. */
class LatentEvidence {
  private readonly histograms: ActivationHistograms;
  private readonly maxima: Float64Array;
  private readonly sums: Float64Array;
  private readonly strongest: StrongestSamples;
  private readonly sae: SparseAutoencoder;

  constructor(sae: SparseAutoencoder) {
    const { nLatents } = sae.config;
    this.sae = sae;
    this.histograms = new ActivationHistograms(nLatents);
    this.maxima = new Float64Array(nLatents);
    this.sums = new Float64Array(nLatents);
    this.strongest = new StrongestSamples(nLatents);
  }

  add(acts: SparseActs, truths: SparseActs): void {
    const values = acts.values.map((value, e) => value * this.sae.decoderNorms[acts.indices[e]]);
    for (let e = 0; e < values.length; e++) {
      const latent = acts.indices[e];
      // A value that rounds to 0 has no place in a histogram of what is above it.
      if (!(values[e] > 0)) continue;
      this.histograms.add(latent, values[e]);
      this.sums[latent] += values[e];
      this.maxima[latent] = Math.max(this.maxima[latent], values[e]);
    }
    this.strongest.add({ ...acts, values }, truths);
  }

  rows(measured: DictionaryMeasurement) {
    const { wDec } = this.sae.weights;
    const neighbours = [...decoderNeighbours(wDec, this.sae.config.dModel)];
    return Array.from(latentFindings(measured), (finding, index) => ({
      row: this.row(index, { measured, neighbours: neighbours[index].neighbours }),
      recovered: { ...finding, samples: this.strongest.of(index) },
    }));
  }

  private row(
    index: number,
    {
      measured,
      neighbours,
    }: { measured: DictionaryMeasurement; neighbours: { featureIndex: number; cosine: number }[] },
  ): EvidenceRow {
    const { dModel } = this.sae.config;
    const nFiring = measured.firing.latentFirings[index];
    const direction = this.sae.weights.wDec.slice(index * dModel, (index + 1) * dModel);
    const isSilent = this.maxima[index] === 0;
    return {
      index,
      dead: nFiring === 0,
      density: nFiring / measured.firing.nSamples,
      nFiring,
      maxActivation: this.maxima[index],
      meanActivation: nFiring === 0 ? 0 : this.sums[index] / nFiring,
      histogram: isSilent ? [] : this.histograms.histogram(index, this.maxima[index]).counts,
      quantileBorders: [],
      direction: new Uint8Array(direction.buffer),
      neighbourIndices: neighbours.map(({ featureIndex }) => featureIndex),
      neighbourCosines: neighbours.map(({ cosine }) => cosine),
      ...{ topTokenIds: [], topTokenValues: [], bottomTokenIds: [], bottomTokenValues: [], searchTokenIds: [] },
      ...{ examples: noExamples, listExample: noExamples },
    };
  }
}

/** There is no text. */
const noExamples = new Uint8Array(encodeExamples({ top: [], bands: [[], [], [], []], random: [], nearMisses: [] }));
