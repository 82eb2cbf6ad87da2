import type { Definition } from './definition.ts';

/** Architectures, and what a dictionary is trained with. */
export const trainingTerms = {
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
  seed: { term: 'Seed', meaning: 'Fixes every random choice: the same seed gives the same result.' },
  learningRate: { term: 'Learning rate', meaning: 'Adam’s step size at its peak, after warm-up and before the decay.' },
  batchSize: { term: 'Batch size', meaning: 'Activations in one optimiser step.' },
  nTokens: { term: 'Tokens', meaning: 'Activations to train on, one a token; the text repeats where it is shorter.' },
  nLatents: {
    term: 'Latents',
    meaning: 'Size of the dictionary. More latents split features more finely and cost time and memory in proportion.',
  },
} satisfies Record<string, Definition>;
