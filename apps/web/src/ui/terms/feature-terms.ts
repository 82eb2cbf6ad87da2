import type { Definition } from './definition.ts';

/** What a feature is, and what is known of one. */
export const featureTerms = {
  feature: {
    term: 'Feature',
    meaning: 'One latent of a trained dictionary, seen through the text that makes it fire.',
    more: 'The hope is that each feature stands for one idea the model uses. Its examples and its scored label tell how far that holds; many features mean nothing that a person would name.',
  },
  latent: {
    term: 'Latent',
    meaning:
      'One unit of the sparse autoencoder: it has a direction in the model’s activations and fires on few tokens.',
  },
  sae: {
    term: 'Sparse autoencoder (SAE)',
    meaning: 'A small network that rebuilds a model’s activation from a few of many latents.',
    more: 'It is trained on activations of one hook point. Its decoder is the dictionary: one direction for each latent.',
  },
  activation: {
    term: 'Activation',
    meaning: 'How strongly a feature fires on a token: the length of what it writes into the model’s residual stream.',
  },
  storedActivations: {
    term: 'Stored activations',
    meaning: 'What a model made of a text at one hook point, kept in half precision so that runs can share it.',
    more: 'They come in shards of about 16,384 tokens. A run that needs a shard which is missing or damaged reads the model again and keeps what it read. Half precision changes a value by at most 0.05%; a run that made the shards and a run that reuses them take the same steps.',
  },
  hook: {
    term: 'Hook point',
    meaning: 'A named place inside the model whose activations are read, such as blocks.3.hook_resid_post.',
    more: 'Names follow TransformerLens. The residual stream after a block (resid_post) is the usual choice.',
  },
  density: {
    term: 'Density',
    meaning: 'Share of indexed tokens on which the feature fires, on a log scale.',
    more: 'Very dense features (above about 10%) are often hard to read; very rare ones may rest on few examples.',
  },
  maxActivation: {
    term: 'Maximum',
    meaning: 'The strongest activation in the index: the end of the colour scale and the unit of steering.',
  },
  meanActivation: { term: 'Mean', meaning: 'Mean activation over the tokens on which the feature fires.' },
  score: {
    term: 'Score',
    meaning: 'Balanced accuracy of the label on examples its explainer did not see: .5 is chance, 1 is perfect.',
    more: 'Half the weight lies on texts where the feature fires, half on texts where it does not, near misses among them.',
  },
  labelled: { term: 'Labelled', meaning: 'Share of indexed features for which the explainer found a label.' },
  interval: {
    term: '95% interval',
    meaning: 'Where the score would lie in 95 of 100 repetitions with other examples.',
  },
  confusion: {
    term: 'Confusion counts',
    meaning: 'How often the label’s rule and the feature agreed and disagreed on the scoring examples.',
  },
  logitEffect: {
    term: 'Output tokens',
    meaning: 'Tokens that the feature’s direction makes more or less likely if it reached the output directly.',
    more: 'The direction times the unembedding, mean-centred. For features of early blocks this is only a hint.',
  },
  neighbours: {
    term: 'Nearest directions',
    meaning: 'Features whose decoder directions have the largest cosine with this one.',
  },
  bands: {
    term: 'Bands',
    meaning: 'Quarters of the contexts in which the feature fires, by their highest activation.',
    more: 'Looking only at the top examples makes features look cleaner than they are: the lower quarters show what it does most of the time.',
  },
  nearMiss: {
    term: 'Near miss',
    meaning: 'A text on which the feature stayed silent though it came close to firing.',
  },
  mlpNeurons: {
    term: 'Neurons',
    meaning: 'Units of the model’s own MLP that take part in a feature, by their weights.',
  },
} satisfies Record<string, Definition>;
