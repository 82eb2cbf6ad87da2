import { evaluationSchema } from '@featurescope/contracts';
import { groundTruthTerms } from './ground-truth-terms.ts';

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
  batchtopk: {
    term: 'BatchTopK',
    meaning:
      'Keeps k latents a token on average over a batch, so that a hard token can use more and an easy one fewer.',
    more: 'Bussmann et al. 2024. Once trained, one threshold decides for every token by itself what fires; it is set so that k latents a token are active on average.',
  },
  matryoshka: {
    term: 'Matryoshka',
    meaning:
      'Nested BatchTopK dictionaries: the first latents must reconstruct well without the rest, so that they stay general while later ones are specific.',
    more: 'Bussmann et al. 2025. Made against absorption, where a general feature goes silent wherever a more specific one fires.',
  },
  jumprelu: {
    term: 'JumpReLU',
    meaning:
      'Learns a threshold for every latent, below which it stays silent, and pays for how many latents are active.',
    more: 'Rajamanoharan et al. 2024. Gradients of a threshold come from the activations close to it. The price can also steer to a target L0.',
  },
  gated: {
    term: 'Gated',
    meaning:
      'Decides separately which latents fire and how strongly, so that the price of sparsity does not make activations too small.',
    more: 'Rajamanoharan et al. 2024. The L1 term presses only on the gate; an auxiliary reconstruction from the gate keeps it meaningful.',
  },
  decoderInit: {
    term: 'Directions at the start',
    meaning: 'Where the latents point before the first step.',
    more: 'Random directions suit large dictionaries. Where activations are clusters or few directions, starting from activations, or from the directions along which they are most crowded, finds them sooner.',
  },
  bDecInit: {
    term: 'Decoder bias at the start',
    meaning: 'The point that latents are added to: zero, or the median of activations.',
    more: 'A model’s activations lie around a point far from zero, and a dictionary that begins there need not spend latents on it. Where activations are sums that begin at zero, as most synthetic data are, zero is right.',
  },
  standard: {
    term: 'Standard (ReLU + L1)',
    meaning: 'Lets any latent fire and pays a price, the L1 coefficient, for the sum of activations.',
    more: 'Bricken et al. 2023. Sparsity varies by token; activations come out somewhat too small (shrinkage).',
  },
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
  k: {
    term: 'k',
    meaning: 'Latents that fire on a token: exactly for TopK, on average for BatchTopK and Matryoshka.',
  },
  prefixes: {
    term: 'Nested widths',
    meaning: 'Sizes of the dictionaries inside a Matryoshka one, in latents counted from the first.',
    more: 'Each must reconstruct by itself. Usual are 1/32, 1/16, 1/8, 1/4, 1/2 and all of the latents.',
  },
  sparsityLoss: {
    term: 'Sparsity loss',
    meaning:
      'What a JumpReLU dictionary pays for active latents: each one alike, weak ones less, or the distance from a target.',
    more: 'step: λ times their number. tanh: λ times a smooth number in which weak activations count less. quadratic: λ times the squared distance of L0 from the target.',
  },
  l0Coefficient: {
    term: 'L0 coefficient',
    meaning: 'Price of one active latent: higher gives fewer of them and a worse reconstruction.',
  },
  targetL0: { term: 'Target L0', meaning: 'Active latents a token that training steers to.' },
  preset: {
    term: 'Preset',
    meaning: 'Sets every value of training that the form does not ask for.',
    more: 'The configuration page of a run lists all of them.',
  },
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
  synthetic: {
    term: 'Synthetic data',
    meaning:
      'Samples that are made of known directions, so that what a dictionary finds can be compared with the truth.',
    more: 'No language model is involved. Each sample is a sum of a few truths, each with a magnitude; the dictionary sees only the sum.',
  },
  ...groundTruthTerms,
  matmul: {
    term: 'Matrix product rate',
    meaning: 'Measured float32 matrix product: billions of floating-point operations a second.',
  },
  queue: { term: 'Queue', meaning: 'Jobs waiting for a worker.' },
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
  mlpNeurons: {
    term: 'Neurons',
    meaning: 'Units of the model’s own MLP that take part in a feature, by their weights.',
  },
} satisfies Record<string, Definition>;

export type TermName = keyof typeof definitions;
export const definitionOf = (name: TermName): Definition => definitions[name];
