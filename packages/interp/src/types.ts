/** The exported data shapes of interp. Plain data: everything here but typed arrays survives JSON.
 *
 *  One unit of activation everywhere: a = f_i(x)·‖d_i‖, the length of what the latent writes into the residual stream,
 *  which does not change when a scale is moved between encoder and decoder (algorithms.md §7). Latent values of the
 *  sparse autoencoder itself (f) appear only inside algorithms. */

/** Tokens of one context; the first one is the beginning-of-text token. */
export interface Context {
  tokenIds: Int32Array;
}

/** Contexts by index. `TokenCorpus` of the store satisfies it. */
export interface ContextSource {
  readonly nContexts: number;
  context(index: number): Context;
}

/** Contexts that know their document: one example a document, and predicates on the kind of document, need that. */
export interface DocumentContextSource extends ContextSource {
  context(index: number): Context & { documentIndex: number };
  document(index: number): { name: string; kind: string };
}

/** One context as evidence for one feature. */
export interface Example {
  /** Index of the context in its source. */
  contextIndex: number;
  /** Position of the greatest activation; for a near miss, of the greatest pre-activation. */
  peakPosition: number;
  /** Activation a there; for a near miss, pre-activation·‖d‖ (f is 0 everywhere), which can be negative. */
  peakValue: number;
  /** Positions where the feature fires, ascending; empty for a near miss. */
  positions: number[];
  /** Activation a at those positions, > 0. */
  values: number[];
}

export interface FeatureExamples {
  /** At most 20, by falling peak, one per document. */
  top: Example[];
  /** Four lists of at most 5, lowest quarter of the per-context peaks first; members are drawn at random. */
  bands: [Example[], Example[], Example[], Example[]];
  /** At most 10 firing contexts drawn uniformly, none of which is also in `bands`. */
  random: Example[];
  /** At most 10 contexts where the feature never fires though its pre-activation came highest, one per document. */
  nearMisses: Example[];
}

/** Exact counts of firing values a in bins of equal width from 0 to the first border above the maximum:
 *  edges has one entry more than counts; bin j holds edges[j] ≤ a < edges[j + 1].
 *  33 to 64 bins, their width a power of two, so that `histogramEdges(max)` rebuilds the edges. */
export interface ActivationHistogram {
  edges: number[];
  counts: number[];
}

/** What the index holds about one latent. */
export interface FeatureEvidence {
  featureIndex: number;
  /** Tokens on which it fires (f > 0); special positions are not counted. */
  firingCount: number;
  /** Contexts in which it fires at least once. */
  firingContexts: number;
  /** firingCount / tokens indexed. */
  density: number;
  /** Greatest a; 0 when it never fired. It is the m of steering. */
  max: number;
  /** Mean a over firing tokens; 0 when it never fired. */
  mean: number;
  /** No counts when it never fired. */
  histogram: ActivationHistogram;
  /** Borders of the four bands: least peak, quartiles 1 to 3, greatest peak. Null when it never fired. */
  bandBorders: [number, number, number, number, number] | null;
  examples: FeatureExamples;
}

/** Output tokens a feature's direction raises or lowers. Values are mean-centred logits per unit of activation a. */
export interface LogitEffects {
  featureIndex: number;
  top: TokenEffect[];
  bottom: TokenEffect[];
}

export interface TokenEffect {
  tokenId: number;
  value: number;
}

/** Decoder rows with the greatest cosine to this one, falling, itself excluded. */
export interface DecoderNeighbours {
  featureIndex: number;
  neighbours: { featureIndex: number; cosine: number }[];
}

/** Classes of token text, after its leading space is removed (see `token-classes.ts`). */
export type TokenClass =
  | 'digits'
  | 'capitalised'
  | 'allCaps'
  | 'lowercase'
  | 'punctuation'
  | 'newline'
  | 'indentation'
  | 'space'
  | 'nonAscii'
  | 'wordStart'
  | 'wordContinuation';

/** A condition on one position of one context, with everything before it in view. Plain JSON. */
export type Predicate =
  | { type: 'token'; tokenIds: number[] }
  | { type: 'previousToken'; tokenIds: number[] }
  /** The last tokens up to and including this position are exactly these. */
  | { type: 'ngram'; tokenIds: number[] }
  /** One of these tokens stands among the `within` (at most 16) tokens before this position. */
  | { type: 'recentToken'; tokenIds: number[]; within: number }
  | { type: 'class'; class: TokenClass }
  | { type: 'previousClass'; class: TokenClass }
  /** The token's text begins or ends so (case-sensitive, leading space removed). */
  | { type: 'startsWith'; text: string }
  | { type: 'endsWith'; text: string }
  /** from ≤ position < to; position 0 is the beginning-of-text token. */
  | { type: 'position'; from: number; to: number }
  | { type: 'documentKind'; kinds: string[] }
  | { type: 'and'; of: [Predicate, Predicate] }
  | { type: 'or'; of: [Predicate, Predicate] };

export type ScoredSource = 'top' | 'band' | 'random' | 'nearMiss' | 'nonFiring' | 'otherFeature';

/** A window of one context on which "does it contain the feature" is asked. */
export interface ScoredExample {
  contextIndex: number;
  /** The window: start ≤ position < end. */
  start: number;
  end: number;
  /** The position the window was cut around. */
  focus: number;
  source: ScoredSource;
  /** Whether the feature fires in the window. */
  fires: boolean;
  /** What the predicate says. */
  predicted: boolean;
}

export interface LabelScore {
  /** (TPR + TNR) / 2 on the scoring examples. .5 is chance. */
  balancedAccuracy: number;
  /** 95%: Wilson intervals of TPR and TNR, combined by MOVER (Zou & Donner 2008). */
  interval: [number, number];
  truePositiveRate: number;
  trueNegativeRate: number;
  confusion: { truePositive: number; falseNegative: number; trueNegative: number; falsePositive: number };
}

export type LabelResult =
  | {
      status: 'scored';
      featureIndex: number;
      /** Plain English. */
      text: string;
      predicate: Predicate;
      score: LabelScore;
      /** Balanced accuracy on the explaining examples: always the rosier figure, kept for comparison only. */
      explainingAccuracy: number;
      /** No document stands on both sides. */
      split: { explaining: ScoredExample[]; scoring: ScoredExample[] };
      explainer: string;
    }
  | { status: 'failed'; featureIndex: number; reason: string; explainer: string };

export type SteeringMode = 'add' | 'clamp' | 'scale' | 'ablate' | 'projectOut';
/** Which positions are changed; the beginning-of-text token never is. */
export type SteeringPositions = 'all' | 'prompt' | 'generated';

export interface SteeredFeature {
  featureIndex: number;
  mode: SteeringMode;
  /** c: add and clamp in units of `max`; scale is a factor; ablate and projectOut ignore it. */
  strength: number;
  /** m: the feature's greatest a in the index. */
  max: number;
}

export interface SteeringRequest {
  /** With its beginning-of-text token, if the model has one. */
  promptTokenIds: number[];
  features: SteeredFeature[];
  positions: SteeringPositions;
  /** Leave positions alone where the feature does not fire. Default false. */
  onlyWhereActive?: boolean;
  nTokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  /** Of the sampling, the same in every lane. The control's directions derive from it too. */
  seed: number;
  /** Run the random-direction lane. Default true. */
  control?: boolean;
}

export type SteeringLaneName = 'baseline' | 'steered' | 'control';

/** What an intervention did to one feature at one position. */
export interface ActivationReport {
  position: number;
  featureIndex: number;
  /** a before. */
  before: number;
  /** a + displacement, what the mode asked for. */
  requested: number;
  /** a of the changed residual, encoded again. */
  achieved: number;
}

export interface LaneToken {
  lane: SteeringLaneName;
  /** 0 for the first generated token. */
  index: number;
  /** In the context; the prompt comes first. */
  position: number;
  tokenId: number;
  /** Natural log, under the lane's own (steered) distribution before temperature. */
  logProbability: number;
}

/** What one steering run emits, in order: tokens of the lanes in turn, reports as positions are processed, then the comparison. */
export type SteeringEvent =
  | { type: 'activations'; lane: SteeringLaneName; reports: ActivationReport[] }
  | ({ type: 'token' } & LaneToken)
  | { type: 'laneDone'; lane: SteeringLaneName; tokenIds: number[] }
  | { type: 'comparison'; comparison: SteeringComparison };

/** One step of the alignment of two lanes' generated tokens: an index into each, null where that lane has no token.
 *  insert: only the other lane has it; delete: only the baseline has it. */
export interface DiffStep {
  op: 'same' | 'replace' | 'insert' | 'delete';
  baseline: number | null;
  other: number | null;
}

export interface TokenDiff {
  /** First index at which the two differ; null when they are the same. */
  firstDivergence: number | null;
  steps: DiffStep[];
}

export interface LaneComparison {
  diff: TokenDiff;
  /** KL(clean ‖ this lane's intervention) in nats on the baseline's text, teacher-forced through both; entry j is about
   *  the prediction of the baseline's generated token j. */
  klPerToken: number[];
}

/** Means of the reports of one feature over the positions that were steered in one lane. */
export interface ActivationSummary {
  featureIndex: number;
  nPositions: number;
  beforeMean: number;
  requestedMean: number;
  achievedMean: number;
}

export interface SteeringComparison {
  steered: LaneComparison;
  control: LaneComparison | null;
  /** Of the steered lane; a feature with no steered position is left out. */
  activations: ActivationSummary[];
  /** exp of the mean negative log-probability of the lane's generated tokens under the clean model. Null with no tokens. */
  perplexity: Record<SteeringLaneName, number | null>;
}
