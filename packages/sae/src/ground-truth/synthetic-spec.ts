import { SaeConfigError } from '../errors.ts';

/** How many truths are active in a sample, and which. */
export type TruthActivity =
  /** A number drawn uniformly from min … max, then that many truths uniformly without replacement. */
  | { kind: 'range'; min: number; max: number }
  /** Each truth by itself: truth i with probability · (i + 1)^−decay. Decay 0: all alike. */
  | { kind: 'independent'; probability: number; decay: number };

/** The coefficient of an active truth; a normal one is floored at 0, and then the truth is not active. */
export type TruthMagnitude =
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'normal'; mean: number; deviation: number };

/** Truths i with equal ⌊i / groupSize⌋ fire together: each fires when √ρ·(its group's normal) + √(1 − ρ)·(its own) passes the threshold
 *  of its probability, so that probabilities stay as they are. A Gaussian copula of one factor a group; SAELens draws from one with
 *  random factors that all truths share. */
export interface TruthCorrelation {
  groupSize: number;
  /** ρ, the correlation of two normals of a group: 0 ≤ ρ < 1. */
  strength: number;
}

/** Truths form trees, filled breadth first: the first nRoots are roots, each truth of a level has nChildren of the next until
 *  `depth` levels below the roots or the truths run out; those left over stand by themselves. A child fires only with its parent. */
export interface TruthHierarchy {
  nRoots: number;
  nChildren: number;
  depth: number;
  /** Of a child, given that its parent fires. */
  childProbability: number;
  /** At most one child of a parent fires, each with childProbability. */
  exclusive: boolean;
}

interface AnyWorldSpec {
  /** Training samples there are; training goes through them again in another order. Null: every sample is new. */
  nSamples: number | null;
  seed: number;
}

/** Sparse sums of known directions. */
export interface SumsSpec extends AnyWorldSpec {
  kind?: 'sums';
  nTruths: number;
  dModel: number;
  /** Uniformly random unit vectors, or those pushed apart as SAELens does by default. */
  directions: 'random' | 'orthogonalised';
  activity: TruthActivity;
  magnitude: TruthMagnitude;
  correlation: TruthCorrelation | null;
  hierarchy: TruthHierarchy | null;
}

/** The hidden vectors of a toy model of superposition; fields as in SuperpositionConfig. */
export interface SuperpositionSpec extends AnyWorldSpec {
  kind: 'superposition';
  /** Features of the toy model, of which it may drop some. */
  nTruths: number;
  /** Its dimensions. */
  dModel: number;
  sparsity: number;
  importanceDecay: number;
  leastMagnitude: number;
  output: 'linear' | 'relu';
}

/** The hidden activations of a classifier of clusters of points. */
export interface ClassesSpec extends AnyWorldSpec {
  kind: 'classes';
  nClasses: number;
  /** Values of a point. */
  nInputs: number;
  /** Hidden units, the values of a sample. */
  nHidden: number;
  /** Standard deviation of a point around its class's centre, in each coordinate; centres have length 1. */
  deviation: number;
}

/** A world whose right answer is known. Everything about it follows from these values. */
export type SyntheticSpec = SumsSpec | SuperpositionSpec | ClassesSpec;

/** Throws SaeConfigError naming the field, its value and what is allowed. The toy model checks its own. */
export function checkSyntheticSpec(spec: SyntheticSpec): void {
  if (spec.nSamples !== null) requireInteger('nSamples', spec.nSamples, { min: 1 });
  requireInteger('seed', spec.seed, { min: 0 });
  if (spec.kind === 'superposition') return;
  if (spec.kind === 'classes') checkClasses(spec);
  else checkSums(spec);
}

function checkClasses({ nClasses, nInputs, nHidden, deviation }: ClassesSpec): void {
  requireInteger('nClasses', nClasses, { min: 2 });
  requireInteger('nInputs', nInputs, { min: 1 });
  requireInteger('nHidden', nHidden, { min: 1 });
  requireNumber('deviation', deviation, { min: 0 });
}

function checkSums(spec: SumsSpec): void {
  requireInteger('nTruths', spec.nTruths, { min: 1 });
  requireInteger('dModel', spec.dModel, { min: 1 });
  checkActivity(spec);
  checkMagnitude(spec.magnitude);
  if (spec.correlation) checkCorrelation(spec.correlation);
  if (spec.hierarchy) checkHierarchy(spec.hierarchy, spec.nTruths);
  if (spec.activity.kind === 'range' && (spec.correlation || spec.hierarchy))
    throw new SaeConfigError(
      'correlation and hierarchy need activity.kind independent: a fixed number leaves them no room',
    );
  if (spec.correlation && spec.hierarchy)
    throw new SaeConfigError('correlation and hierarchy cannot be combined; leave one of them out');
}

function checkActivity({ activity, nTruths }: SumsSpec): void {
  if (activity.kind === 'range') {
    requireInteger('activity.min', activity.min, { min: 0, max: activity.max });
    requireInteger('activity.max', activity.max, { min: 1, max: nTruths });
    return;
  }
  requireNumber('activity.probability', activity.probability, { min: Number.MIN_VALUE, max: 1 });
  requireNumber('activity.decay', activity.decay, { min: 0 });
}

function checkMagnitude(magnitude: TruthMagnitude): void {
  if (magnitude.kind === 'uniform') {
    requireNumber('magnitude.min', magnitude.min, { min: 0, max: magnitude.max });
    requireNumber('magnitude.max', magnitude.max, { min: Number.MIN_VALUE });
    return;
  }
  requireNumber('magnitude.mean', magnitude.mean, { min: Number.MIN_VALUE });
  requireNumber('magnitude.deviation', magnitude.deviation, { min: 0 });
}

function checkCorrelation({ groupSize, strength }: TruthCorrelation): void {
  requireInteger('correlation.groupSize', groupSize, { min: 2 });
  requireNumber('correlation.strength', strength, { min: 0, max: 1 - Number.EPSILON });
}

function checkHierarchy(hierarchy: TruthHierarchy, nTruths: number): void {
  const { nRoots, nChildren, depth, childProbability, exclusive } = hierarchy;
  requireInteger('hierarchy.nRoots', nRoots, { min: 1, max: nTruths });
  requireInteger('hierarchy.nChildren', nChildren, { min: 1 });
  requireInteger('hierarchy.depth', depth, { min: 1 });
  requireNumber('hierarchy.childProbability', childProbability, {
    min: 0,
    max: exclusive ? 1 / nChildren + Number.EPSILON : 1,
  });
}

function requireInteger(name: string, value: number, range: { min: number; max?: number }): void {
  if (!Number.isInteger(value)) throw new SaeConfigError(`${name} must be an integer, but is ${value}`);
  requireNumber(name, value, range);
}

function requireNumber(
  name: string,
  value: number,
  { min, max = Number.MAX_VALUE }: { min: number; max?: number },
): void {
  if (Number.isFinite(value) && value >= min && value <= max) return;
  const range = max === Number.MAX_VALUE ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new SaeConfigError(`${name} must be a number ${range}, but is ${value}`);
}
