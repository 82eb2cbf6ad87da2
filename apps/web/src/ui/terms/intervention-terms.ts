import type { Definition } from './definition.ts';

/** Steering, and checks of what a model loses. */
export const interventionTerms = {
  steering: { term: 'Steering', meaning: 'Changing a feature while the model writes, and comparing what it writes.' },
  add: { term: 'Add', meaning: 'Adds the direction times strength × the feature’s maximum to the residual stream.' },
  clamp: {
    term: 'Clamp',
    meaning:
      'Sets the activation to strength × the feature’s maximum and leaves everything else, the SAE’s error included.',
  },
  scale: { term: 'Scale', meaning: 'Multiplies the activation by a factor; where it is silent nothing changes.' },
  ablate: { term: 'Ablate', meaning: 'Sets the activation to 0.' },
  strength: {
    term: 'Strength',
    meaning: 'In units of the feature’s maximum activation; for scale, the factor.',
  },
  control: {
    term: 'Control',
    meaning: 'The same change along a random direction of the same length: what any push of this size would do.',
  },
  achieved: {
    term: 'Achieved activation',
    meaning: 'Mean activation re-encoded from the changed residual stream, beside what was asked for.',
    more: 'It often falls short: the encoder reads a direction somewhat different from the one that the decoder writes, and starts below zero where the feature is silent.',
  },
  causalCheck: {
    term: 'Causal check',
    meaning:
      'Turns the feature off, clamped to 0 with everything else kept, and measures how much worse the model predicts the next token.',
    more: 'Examples show what a feature goes along with; only a change shows whether the model uses it. The texts are a sample of those in which it fires: five from each quarter of its activations and ten more, all drawn at random. Its top examples are left out, for they would make it look stronger than it is.',
  },
  whatMatters: {
    term: 'What matters',
    meaning: 'The features whose absence costs the model most on held-out text, each turned off by itself.',
    more: 'The features tried are those that write most into the model, by how often and how strongly they fire. What another feature makes up for does not show here.',
  },
  ablationCost: {
    term: 'Cost',
    meaning:
      'Cross-entropy with the feature turned off less cross-entropy as it is, over all tokens: nats a token of text.',
  },
  peerFeatures: {
    term: 'Random features',
    meaning: 'Other features, drawn at random from those that fire about as often, turned off in the same way.',
  },
  randomDirections: {
    term: 'Random directions',
    meaning:
      'The same push, as far and at the same tokens, along random directions: what any change of this size does to the model.',
  },
  bootstrapInterval: {
    term: '95% intervals',
    meaning:
      'From 2,000 redraws of whole texts with replacement (percentile bootstrap); none for fewer than five texts.',
  },
  perplexity: {
    term: 'Perplexity',
    meaning:
      'How surprising the text is to the unchanged model; a steered text far above the baseline is falling apart.',
  },
  temperature: {
    term: 'Temperature',
    meaning: '0 always takes the likeliest token; higher values sample more freely.',
  },
} satisfies Record<string, Definition>;
