import type { Definition } from './definition.ts';

/** Classical methods, and what they are fitted with. */
export const decompositionTerms = {
  pca: {
    term: 'PCA',
    meaning: 'Principal components: the orthogonal directions along which activations vary most.',
    more: 'From the eigenvectors of the covariance. Each component is shown as two latents, one for each sign.',
  },
  ica: {
    term: 'ICA',
    meaning: 'Independent components: directions whose values are as unlike noise, and as independent, as can be.',
    more: 'FastICA with tanh, all sources at once, on whitened principal components (Hyvärinen 1999).',
  },
  nmf: {
    term: 'NMF',
    meaning: 'Non-negative factors: parts that are only added, never subtracted.',
    more: 'Multiplicative updates under the squared error (Lee and Seung 2001). A token’s activations are its non-negative least squares on the parts.',
  },
  random: {
    term: 'Random directions',
    meaning: 'A control: directions drawn blindly. What they explain, any directions would.',
    more: 'Unit vectors, uniform on the sphere, around the mean, with the one gain for all that serves them best.',
  },
  neurons: {
    term: 'Neuron basis',
    meaning: 'A control: the model’s own dimensions as features, one latent for each sign of each.',
  },
  meanDifference: {
    term: 'Difference of means',
    meaning: 'One direction: from the mean of your negative examples to the mean of your positive ones.',
  },
  cav: {
    term: 'CAV and TCAV',
    meaning: 'A concept activation vector: the direction by which a logistic regression tells your examples apart.',
    more: 'Kim et al. 2018. TCAV then asks on how many inputs an output grows along it, beside random directions.',
  },
  keptComponents: {
    term: 'Largest kept',
    meaning: 'How many components count on each token: those of largest magnitude. Compares at equal L0 with TopK.',
  },
  signs: {
    term: 'Negative activations',
    meaning:
      'Parts that are only added cannot make a value below 0: each dimension becomes two, x above 0 and −x above 0.',
  },
  pooling: {
    term: 'What stands for a text',
    meaning: 'The activation that an example is represented by: the mean over its tokens, or that of its last token.',
  },
  regularization: {
    term: 'C',
    meaning:
      'How closely the logistic regression follows the examples: small values keep the direction near the difference of means.',
  },
  tcavScore: {
    term: 'TCAV score',
    meaning: 'Share of the inputs on which the words become likelier when activations move along the concept.',
    more: 'The slope is measured by a small step to either side, for lack of a gradient: two passes of the rest of the model for each input and direction.',
  },
  tcavInputs: {
    term: 'Inputs',
    meaning: 'Texts of the class that is asked about; the output is read after the last token of each.',
  },
  tcavTargets: { term: 'Words', meaning: 'The output is the log-probability that one of these comes next.' },
  tcavRepeats: {
    term: 'Repeats',
    meaning: 'How many CAVs on resampled examples stand against as many between random texts.',
  },
  pValue: {
    term: 'p-value',
    meaning: 'How often scores this far apart would come about if concept and random directions did not differ.',
    more: 'Welch’s two-sided t-test over the repeats. More repeats make small differences significant: look at the scores too.',
  },
  heldOutAccuracy: {
    term: 'Held-out accuracy',
    meaning: 'Share of examples on the right side of a direction that was found without them; .5 is chance.',
    more: 'The mean over both classes, by cross-validation in five parts, fewer where there are fewer examples.',
  },
  fitTokens: { term: 'Tokens', meaning: 'Activations that the method is fitted on, one a token.' },
  varianceExplained: {
    term: 'Variance explained',
    meaning: 'Share of the variance along the first components together, on the activations that were fitted.',
  },
} satisfies Record<string, Definition>;
