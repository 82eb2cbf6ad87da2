import { classPuritySchema, recoverySummarySchema } from '@featurescope/contracts';
import type { Definition } from './definition.ts';

const found = recoverySummarySchema.shape;
const purity = classPuritySchema.shape;

/** Terms of runs whose right answer is known. */
export const groundTruthTerms = {
  synthetic: {
    term: 'Synthetic data',
    meaning:
      'Samples that are made of known directions, so that what a dictionary finds can be compared with the truth.',
    more: 'No language model is involved. Each sample is a sum of a few truths, each with a magnitude; the dictionary sees only the sum.',
  },
  truth: {
    term: 'Truth',
    meaning: 'One of the directions that synthetic data is made of: what a latent should find.',
  },
  recovery: {
    term: 'Recovery',
    meaning: 'How close latents come to the truths, each truth with a latent of its own: 1 is all found.',
    more: `${found.recovery.description}. Compare it with an untrained and a random dictionary: in few dimensions chance alone comes close.`,
  },
  mcc: { term: 'MCC', meaning: `${found.mcc.description}.` },
  uniqueness: { term: 'Uniqueness', meaning: `${found.uniqueness.description}.` },
  f1: { term: 'F1', meaning: `${found.f1.description}.` },
  bestMatch: { term: 'Best match', meaning: `${found.bestMatch.description}.` },
  mmcsTruths: { term: 'MMCS, truths', meaning: `${found.mmcsTruths.description}.` },
  mmcsLatents: { term: 'MMCS, latents', meaning: `${found.mmcsLatents.description}.` },
  truthPrecision: { term: 'Precision', meaning: `${found.truthPrecision.description}.` },
  truthRecall: { term: 'Recall', meaning: `${found.truthRecall.description}.` },
  trueL0: {
    term: 'True L0',
    meaning: `${found.trueL0.description}: what L0 would be if every truth had its own latent.`,
  },
  nAlive: { term: 'Alive latents', meaning: `${found.nAlive.description}.` },
  truthDirections: {
    term: 'Directions',
    meaning:
      'Random: uniformly random unit vectors. Pushed apart: those, moved until they interfere less, as SAELens does by default.',
  },
  truthCorrelation: {
    term: 'Correlation',
    meaning:
      'Truths that are neighbours by number tend to be active together; how often each is active stays the same.',
  },
  truthHierarchy: {
    term: 'Hierarchy',
    meaning: 'Truths form trees: a child is active only when its parent is.',
  },
  toyOutput: {
    term: 'Output of the toy model',
    meaning:
      'With a linear output it keeps as many features as there are dimensions; with ReLU it packs more in, at angles to each other.',
    more: 'Elhage et al. 2022. The dictionary sees the toy model’s hidden vectors, not its output.',
  },
  classPurity: {
    term: 'Class purity',
    meaning:
      'Of a latent: its largest mean activation over a class, as a share of the sum over the classes. 1: it fires for one class alone.',
  },
  meanPurity: { term: 'Class purity, mean', meaning: `${purity.meanPurity.description}.` },
  worstPurity: { term: 'Class purity, worst', meaning: `${purity.worstPurity.description}.` },
  weightedPurity: { term: 'Class purity, weighted', meaning: `${purity.weightedPurity.description}.` },
  nClassesFound: { term: 'Classes found', meaning: `${purity.nClassesFound.description}.` },
} satisfies Record<string, Definition>;
