import { evaluationSchema } from '@featurescope/contracts';

export interface Definition {
  term: string;
  /** One sentence, for a tooltip. */
  meaning: string;
  /** More, for the glossary. */
  more?: string;
}

const evaluation = evaluationSchema.shape;

/** Every term and number that a page shows, defined once. */
export const definitions = {
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
  topk: {
    term: 'TopK',
    meaning: 'Keeps the k strongest latents on every token, so sparsity is exact and needs no tuning.',
    more: 'Gao et al. 2024. An auxiliary loss (AuxK) revives latents that stopped firing.',
  },
  standard: {
    term: 'Standard (ReLU + L1)',
    meaning: 'Lets any latent fire and pays a price, the L1 coefficient, for the sum of activations.',
    more: 'Bricken et al. 2023. Sparsity varies by token; activations come out somewhat too small (shrinkage).',
  },
  k: { term: 'k', meaning: 'Latents kept on every token by a TopK dictionary.' },
  l1Coefficient: {
    term: 'L1 coefficient',
    meaning: 'Weight of the sparsity term: higher gives fewer active latents and a worse reconstruction.',
  },
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
  seed: { term: 'Seed', meaning: 'Fixes every random choice: the same seed gives the same result.' },
  learningRate: { term: 'Learning rate', meaning: 'Adam’s step size at its peak, after warm-up and before the decay.' },
  batchSize: { term: 'Batch size', meaning: 'Activations in one optimiser step.' },
  nTokens: { term: 'Tokens', meaning: 'Activations to train on, one a token; the text repeats where it is shorter.' },
  nLatents: {
    term: 'Latents',
    meaning: 'Size of the dictionary. More latents split features more finely and cost time and memory in proportion.',
  },
  matmul: {
    term: 'Matrix product rate',
    meaning: 'Measured float32 matrix product: billions of floating-point operations a second.',
  },
  queue: { term: 'Queue', meaning: 'Jobs waiting for a worker.' },
} satisfies Record<string, Definition>;

export type TermName = keyof typeof definitions;
export const definitionOf = (name: TermName): Definition => definitions[name];
