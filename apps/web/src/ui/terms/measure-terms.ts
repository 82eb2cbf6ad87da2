import { evaluationSchema } from '@featurescope/contracts';
import type { Definition } from './definition.ts';

const evaluation = evaluationSchema.shape;

/** How good a dictionary is. */
export const measureTerms = {
  fvu: {
    term: 'FVU',
    meaning:
      'Fraction of variance unexplained: the squared error as a share of the variance. Lower is better; 0 is perfect.',
    more: evaluation.fvu.description,
  },
  fvuWithExcluded: {
    term: 'FVU with excluded rows',
    meaning: 'FVU with the beginning-of-text token and outlier-norm rows left in.',
  },
  explainedVariance: {
    term: 'Explained variance',
    meaning: '1 − FVU, over all tokens together and about the mean. Higher is better.',
    more: 'SAELens’ explained_variance is the same number. Its explained_variance_legacy is a mean of one ratio for each token, and SAEBench’s explained_variance subtracts a squared mean of squares: neither can be compared with this one.',
  },
  loss: {
    term: 'Loss',
    meaning: 'What training minimises: the reconstruction error and the sparsity or auxiliary term together.',
  },
  mse: {
    term: 'MSE',
    meaning: `Squared error of the reconstruction. ${evaluation.mse.description}.`,
    more: 'SAELens’ mse is the same number; SAEBench divides it by the number of tokens once more.',
  },
  l0: { term: 'L0', meaning: `${evaluation.l0.description}. Lower is sparser.` },
  l1: { term: 'L1', meaning: `${evaluation.l1.description}.` },
  cosine: {
    term: 'Cosine',
    meaning: 'Mean cosine between the activation and its reconstruction: 1 is the same direction.',
  },
  l2Ratio: {
    term: 'L2 ratio',
    meaning: 'Length of the reconstruction over the length of the activation; below 1 is shrinkage.',
  },
  relativeReconstructionBias: {
    term: 'Reconstruction bias',
    meaning: 'E‖x̂‖² / E[x·x̂]: 1 when reconstructions are neither too long nor too short.',
  },
  ceRecovered: {
    term: 'CE recovered',
    meaning:
      'How much of the model’s predictive quality survives when the reconstruction replaces the activation: 1 is all, 0 is as bad as the mean activation.',
    more: `${evaluation.ceRecoveredMean.description}. Measured against mean ablation; zero ablation flatters.`,
  },
  ceRecoveredZero: {
    term: 'CE recovered (zero ablation)',
    meaning: 'The same measured against zeros instead of the mean; it flatters.',
  },
  ceClean: { term: 'CE clean', meaning: 'The model’s own cross-entropy, in nats a token.' },
  ceSpliced: { term: 'CE spliced', meaning: 'Cross-entropy with the reconstruction in place of the activation.' },
  ceMeanAblated: { term: 'CE mean-ablated', meaning: 'Cross-entropy with the mean activation in place of each one.' },
  ceZeroAblated: { term: 'CE zero-ablated', meaning: 'Cross-entropy with zeros in place of the activation.' },
  deltaCe: {
    term: 'ΔCE',
    meaning: 'CE spliced − CE clean: what the reconstruction costs the model, in nats a token.',
  },
  kl: {
    term: 'KL',
    meaning: 'How far one next-token distribution is from another, in nats; 0 means the same prediction.',
  },
  top1Agreement: {
    term: 'Top-1 agreement',
    meaning:
      'Share of tokens after which the model’s likeliest next token stays the same with the reconstruction in place.',
  },
  everyPosition: {
    term: 'Every position touched',
    meaning:
      'The same figures when the beginning-of-text token is replaced and counted too, as SAELens and SAEBench can do it.',
    more: 'The figures above leave special tokens alone and out of the means. SAELens 6.54 does the same for its spliced passes by default, but its zero ablation always wipes out special tokens too; with exclude_special_tokens=False it computes these figures. SAEBench by default replaces special tokens without counting them.',
  },
  decoderCosine: {
    term: 'Closest other direction',
    meaning: 'For each latent the largest |cosine| of its decoder direction with any other: near 1 means a duplicate.',
    more: 'SAEBench’s max_decoder_cosine_sim is the largest signed cosine; two directions that point away from each other count as close here.',
  },
  dead: {
    term: 'Dead',
    meaning: 'Share of latents that did not fire once on the tokens looked at.',
    more: 'While training: silent for a long window of tokens. In the evaluation: silent on up to a million held-out tokens, whose number stands beside the share; on fewer tokens rare latents look dead.',
  },
  deadWindow: {
    term: 'Tokens looked at for dead latents',
    meaning:
      'Held-out tokens on which a latent had to stay silent to count as dead: a million where there are that many.',
  },
  heldOutTokens: { term: 'Held-out tokens', meaning: 'Tokens of documents that training never saw.' },
  throughput: { term: 'Throughput', meaning: 'Activations trained on in a second, one a token.' },
  gradNorm: {
    term: 'Gradient norm',
    meaning: 'Length of the gradient over all parameters before clipping; spikes are a sign of instability.',
  },
} satisfies Record<string, Definition>;
