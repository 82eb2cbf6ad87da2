import type { Definition } from './definition.ts';

/** Dictionaries side by side, and what goes wrong in one. */
export const comparisonTerms = {
  matchCosine: {
    term: 'Match cosine',
    meaning: 'How nearly two features point the same way: 1 is the same direction, 0 is unrelated.',
    more: 'Features of two dictionaries are paired one to one so that the cosines of all pairs together are as large as can be (above 4,096 latents: those that are each other’s nearest). Opposite directions are different features.',
  },
  randomMatch: {
    term: 'Chance',
    meaning: 'The same figure when the second dictionary is replaced by as many random directions.',
    more: 'What a dictionary that found nothing would reach. A share is worth what it is above this.',
  },
  stable: {
    term: 'Stable',
    meaning: 'Its partner in the other dictionary is nearer than the threshold: both found the same feature.',
  },
  split: {
    term: 'Split',
    meaning: 'Two or more features of the other dictionary have this one as their nearest: one became several.',
    more: 'Larger dictionaries split features into finer ones, say “mathematics” into “algebra” and “geometry” (Bricken et al. 2023).',
  },
  shared: {
    term: 'Shared',
    meaning: 'Something in the other dictionary is near, but that is paired with another feature.',
  },
  lost: { term: 'Lost', meaning: 'Nothing in the second dictionary is as near as the threshold.' },
  newFeature: { term: 'New', meaning: 'Nothing in the first dictionary is as near as the threshold.' },
  ladder: {
    term: 'Ladder of sizes',
    meaning: 'Dictionaries of rising size on the same activations, each compared with the next.',
  },
  nearDuplicates: {
    term: 'Near-duplicates',
    meaning: 'Pairs of features of one dictionary whose directions have a cosine above .9.',
    more: 'They spend two latents on one direction. Some are the two sides of a threshold, some a sign of too large a dictionary.',
  },
  coActivation: {
    term: 'Co-activation',
    meaning: 'Features that fire on the same tokens.',
    more: 'A block is a group joined by pairs that share half of their tokens or more. Features that always fire together are one idea spread over several latents.',
  },
  jaccard: {
    term: 'Jaccard',
    meaning: 'Of the tokens on which at least one of the two fires, the share on which both do.',
  },
  npmi: {
    term: 'Normalised PMI',
    meaning: 'How much oftener two features fire together than chance would have it: 0 is chance, 1 always together.',
    more: 'ln(p_ij / (p_i p_j)) / −ln p_ij (Bouma 2009). It finds rare pairs that Jaccard passes over.',
  },
  lift: {
    term: 'Lift',
    meaning: 'How often a feature fires in this kind of text over how often it fires in all text: 1 is indifference.',
  },
  absorption: {
    term: 'Absorption',
    meaning:
      'A concept’s own feature stays silent on a token because a more special feature has taken the concept over.',
    more: 'Say a feature “begins with s” that fires on every such word but “short”, where a feature for “short” carries the concept instead (Chanin et al. 2024). Sparsity rewards it, and it makes features unreliable as detectors.',
  },
  fullAbsorption: {
    term: 'Full absorption',
    meaning:
      'Share of the tokens with the concept on which no main feature fires and one other carries at least .4 of it.',
    more: 'The definition of SAEBench: the token’s activation has a positive projection on the probe, the strongest feature’s direction has a cosine of .025 or more with it, and that feature’s own projection is at least .4 of the whole.',
  },
  absorptionFraction: {
    term: 'Absorption fraction',
    meaning: 'How much of the concept is carried by up to three other features, where the main ones carry too little.',
  },
  probe: {
    term: 'Probe',
    meaning: 'A direction that tells tokens with a concept from others, found by logistic regression on activations.',
  },
  mainLatents: {
    term: 'Main features',
    meaning: 'The few features from which a probe can tell the concept best: those that stand for it.',
    more: 'Ranked by an L1 probe on all features; another one counts as long as F1 grows by more than .03 with it.',
  },
  probeF1: { term: 'F1', meaning: 'Harmonic mean of precision and recall: 1 is perfect.' },
} satisfies Record<string, Definition>;
