export type Architecture = 'standard' | 'topk' | 'batchtopk' | 'jumprelu' | 'gated' | 'matryoshka';
/** Penalty of jumprelu: on the number of active latents, on tanh(4 f ‖d‖), or on the squared distance of that number from a target. */
export type SparsityLoss = 'step' | 'tanh' | 'quadratic';
/** `saelens` equals SAELens 6.54.12; `featurescope` is what works best here. */
export type Preset = 'featurescope' | 'saelens';

/** What the dictionary is. */
export interface SaeConfig {
  architecture: Architecture;
  dModel: number;
  nLatents: number;
  /** Active latents a row: exactly so for topk, on average over a batch for batchtopk and matryoshka, where it need not be an integer. */
  k?: number;
  /** λ of the L1 term, on scaled activations; standard and gated. */
  l1Coefficient?: number;
  /** λ of the sparsity term, on scaled activations; jumprelu. */
  l0Coefficient?: number;
  /** jumprelu. */
  sparsityLoss?: SparsityLoss;
  /** L, the number of active latents a row that the quadratic penalty aims at; jumprelu. */
  targetL0?: number;
  /** Width ε of the straight-through estimate around θ; jumprelu. */
  bandwidth?: number;
  /** θ of every latent at the start; jumprelu. */
  initialThreshold?: number;
  /** Whether the straight-through estimate also reaches the pre-activations (Anthropic), or θ alone (DeepMind); jumprelu. */
  straightThroughToInput?: boolean;
  /** Weight of the term that draws the pre-activations of dead latents up to θ, 0 for none; jumprelu. */
  preActCoefficient?: number;
  /** Whether the decoder also learns from what the gate alone reconstructs (`shared`, SAELens), or not (`frozen`, Rajamanoharan 2024a); gated. */
  gateDecoder?: 'frozen' | 'shared';
  /** Latents of each nested dictionary, ascending; the last is nLatents; matryoshka. */
  prefixes?: number[];
  preset: Preset;
  /** Encode x − b_dec instead of x. */
  applyBDecToInput: boolean;
  /** `constrained`: unit decoder rows, projected gradients. `free`: sparsity terms and selections use ‖d_i‖. */
  decoder: 'constrained' | 'free';
}

/** Everything a run is determined by, beside its rows. */
export interface TrainingConfig extends SaeConfig {
  learningRate: number;
  batchSize: number;
  nSteps: number;
  seed: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Global norm that gradients are clipped to. */
  maxGradNorm: number;
  learningRateWarmUpSteps: number;
  learningRateDecaySteps: number;
  /** Steps over which λ rises from 0. */
  sparsityWarmUpSteps: number;
  /** Norm of the decoder rows at the start. */
  decoderInitNorm: number;
  /** Directions of decoder and encoder at the start: `random`; `dataPoints`, those of first rows drawn at random; or `densityPeaks`,
   *  those along which the first rows are most crowded, then random ones. */
  decoderInit: 'random' | 'dataPoints' | 'densityPeaks';
  /** Share of the learning rate with which b_dec and the decoder are trained: below 1 they keep longer to where they started. Where
   *  there are prefixes, it is the first one's decoder rows that do; the others learn at the full rate. */
  decoderLearningRateFactor: number;
  bDecInit: 'zeros' | 'geometricMedian';
  normalizeActivations: 'none' | 'expectedAverageOnlyIn';
  /** Weight of AuxK; 0 where the architecture has none. */
  auxKCoefficient: number;
  /** `variance`: the main loss is Σe² / Σ‖x − x̄‖² (Gao 2024), AuxK likewise; architectures with AuxK only. `none`: Σ over dModel,
   *  mean over rows. */
  lossNormalization: 'none' | 'variance';
  /** Rows without firing after which a latent counts as dead. */
  deadAfterTokens: number;
  /** Steps after which dead latents are resampled; standard only. */
  resampleSteps: number[];
  /** Rows over which the loss is measured when resampling. */
  resampleRows: number;
  /** Latents that one resampling revives at most, the longest silent first: each new one fires on many rows until its bias has
   *  learnt, and hundreds at once would bury the reconstruction. */
  maxResampledLatents: number;
}

type Required4 = 'architecture' | 'dModel' | 'nLatents' | 'nSteps';

/** The caller names the dictionary and the number of steps; everything else has a default. */
export type TrainingConfigInput = Pick<TrainingConfig, Required4> & Partial<Omit<TrainingConfig, Required4>>;
