import type { ClassPurity, Recovery } from '@featurescope/contracts';
import { appendEvent, type SyntheticRunForWork, updateRun } from '@featurescope/db';
import {
  type ClassProfile,
  classPurity,
  decoderHealth,
  randomDictionary,
  SparseAutoencoder,
  type SyntheticData,
} from '@featurescope/sae';
import { generatorOf } from '../../../run/run-generator.ts';
import { evaluationOf } from '../evaluate-run.ts';
import { enterStage, type StageContext, tell } from '../stage-context.ts';
import type { DictionaryParts } from './dictionary-of.ts';
import { type DictionaryMeasurement, DictionaryMeter } from './measure-dictionary.ts';

/** Samples that go through a dictionary between two looks at what the user wants. */
const chunkRows = 1024;

export interface EvaluateSyntheticOptions {
  data: SyntheticData;
  trained: DictionaryParts;
  /** The same one before its first step. */
  untrained: DictionaryParts;
}

/** Measures the dictionary on fresh samples, beside the untrained one and one of random directions, and stores the figures with the run. */
export async function evaluateSynthetic(
  context: StageContext<SyntheticRunForWork>,
  { data, trained, untrained }: EvaluateSyntheticOptions,
): Promise<void> {
  const { run, writer } = context;
  const total = 3 * generatorOf(run).nEvaluationSamples;
  const progress = await enterStage(context, { stage: 'evaluate', total, unit: 'samples' });
  const random = { ...untrained, weights: randomDictionary(untrained.weights, data.dModel, run.seed) };
  let nMeasured = 0;
  // Only the figures are kept: counts and cosines of every pair take most of the memory.
  const measure = async ({ config, weights }: DictionaryParts) => {
    const { summary, reconstruction, classes } = await measureOnFresh(context, {
      data,
      sae: new SparseAutoencoder(config, weights),
      onProgress: (done) => progress.report((nMeasured * total) / 3 + done),
    });
    nMeasured++;
    const figures = { ...summary, fvu: reconstruction.fvu, ...(classes && { classPurity: purityOf(classes) }) };
    return { reconstruction, figures };
  };
  const { reconstruction, figures: ofTrained } = await measure(trained);
  const { figures: ofUntrained } = await measure(untrained);
  const { figures: ofRandom } = await measure(random);
  const recovery: Recovery = { version: 1, trained: ofTrained, untrained: ofUntrained, random: ofRandom };
  const nothingExcluded = { fvuWithExcluded: reconstruction.fvu, excludedRows: { special: 0, outlierNorm: 0 } };
  const health = await decoderHealth(trained.weights.wDec, data.dModel, () => context.control.checkpoint());
  const evaluation = evaluationOf(
    { ...reconstruction, ...nothingExcluded, spliced: null, everyPosition: null },
    health,
  );
  await writer.write(async (transaction) => {
    await updateRun(transaction, run.id, { evaluation, recovery });
    await appendEvent(transaction, { kind: 'run', id: run.id }, { type: 'evaluation', payload: evaluation });
  });
  const words = (value: number) => value.toFixed(3);
  tell(
    context,
    'info',
    `Recovery ${words(ofTrained.recovery)} on ${ofTrained.nSamples} fresh samples; untrained ${words(ofUntrained.recovery)}, random directions ${words(ofRandom.recovery)}`,
  );
}

function purityOf(classes: ClassProfile): ClassPurity {
  const { meanPurity, worstPurity, weightedPurity, nClassesFound } = classPurity(classes);
  return { meanPurity, worstPurity, weightedPurity, nClassesFound };
}

export interface MeasureOnFreshOptions {
  data: SyntheticData;
  /** Disposed at the end. */
  sae: SparseAutoencoder;
  onProgress: (nSamples: number) => void;
  /** The samples one after another, with what the dictionary made of them; `first`: the number of the first. */
  onSamples?: (taken: {
    first: number;
    samples: ReturnType<SyntheticData['samples']>;
    acts: ReturnType<DictionaryMeter['add']>;
  }) => void;
}

/** Reads the run's evaluation samples, which training never saw, through a dictionary. */
export async function measureOnFresh(
  { run, control }: StageContext<SyntheticRunForWork>,
  { data, sae, onProgress, onSamples }: MeasureOnFreshOptions,
): Promise<DictionaryMeasurement> {
  const { nEvaluationSamples } = generatorOf(run);
  try {
    const meter = new DictionaryMeter(data, sae);
    for (let first = 0; first < nEvaluationSamples; first += chunkRows) {
      await control.checkpoint();
      const samples = data.samples('evaluation', first, Math.min(chunkRows, nEvaluationSamples - first));
      const acts = meter.add(samples);
      onSamples?.({ first, samples, acts });
      onProgress(first + samples.acts.nRows);
    }
    return meter.result();
  } finally {
    sae.dispose();
  }
}
