import type { Rng } from '../rng.ts';
import { normalQuantile } from './normal-quantile.ts';
import type { SumsSpec, TruthHierarchy } from './synthetic-spec.ts';

/** Draws which truths are active in one sample: writes them, ascending, to the front of `active` [nTruths] and returns how many. */
export type DrawActive = (rng: Rng, active: Int32Array) => number;

/** The spec must be checked. */
export function truthActivity(spec: SumsSpec): DrawActive {
  const { activity, correlation, hierarchy, nTruths } = spec;
  if (activity.kind === 'range') return drawRange(nTruths, activity);
  const probabilities = firingProbabilities(spec);
  if (correlation) return drawCorrelated(probabilities, correlation);
  if (hierarchy) return drawTrees(probabilities, hierarchy);
  return drawIndependent(probabilities);
}

/** Probability of each truth by itself; of a child in a tree, as if it had no parent. */
function firingProbabilities({ activity, nTruths }: SumsSpec): Float64Array {
  if (activity.kind === 'range') return new Float64Array(nTruths).fill((activity.min + activity.max) / 2 / nTruths);
  const { probability, decay } = activity;
  return Float64Array.from({ length: nTruths }, (_, i) => probability * (i + 1) ** -decay);
}

function drawRange(nTruths: number, { min, max }: { min: number; max: number }): DrawActive {
  return (rng, active) => {
    const wanted = min + rng.int(max - min + 1);
    // Floyd's sampling without replacement: as many draws as truths are wanted.
    const chosen = new Set<number>();
    for (let last = nTruths - wanted; last < nTruths; last++) {
      const truth = rng.int(last + 1);
      chosen.add(chosen.has(truth) ? last : truth);
    }
    active.set([...chosen].sort((a, b) => a - b));
    return wanted;
  };
}

/** Draws gaps between candidates at the highest probability and keeps each by its own: as many draws as truths fire, not as there are. */
function drawIndependent(probabilities: Float64Array): DrawActive {
  const highest = probabilities.reduce((a, b) => Math.max(a, b), 0);
  const logSilent = Math.log1p(-highest);
  return (rng, active) => {
    let n = 0;
    for (let truth = -1; ; ) {
      // Floor of an exponential over the rate: how many silent ones come between. 1 − U is never 0.
      truth += 1 + (highest >= 1 ? 0 : Math.floor(Math.log(1 - rng.float()) / logSilent));
      if (truth >= probabilities.length) return n;
      if (probabilities[truth] === highest || rng.float() * highest < probabilities[truth]) active[n++] = truth;
    }
  };
}

function drawCorrelated(
  probabilities: Float64Array,
  { groupSize, strength }: { groupSize: number; strength: number },
): DrawActive {
  const thresholds = probabilities.map((probability) => normalQuantile(1 - probability));
  const [shared, own] = [Math.sqrt(strength), Math.sqrt(1 - strength)];
  return (rng, active) => {
    let n = 0;
    let factor = 0;
    for (let truth = 0; truth < probabilities.length; truth++) {
      if (truth % groupSize === 0) factor = rng.normal();
      if (shared * factor + own * rng.normal() > thresholds[truth]) active[n++] = truth;
    }
    return n;
  };
}

/** The parent of each truth, −1 for roots and for those outside the trees. Parents come before their children. */
export function parentsOf(nTruths: number, { nRoots, nChildren, depth }: TruthHierarchy): Int32Array {
  const parents = new Int32Array(nTruths).fill(-1);
  let level = Array.from({ length: nRoots }, (_, truth) => truth);
  let next = nRoots;
  for (let below = 0; below < depth && next < nTruths; below++) {
    const children: number[] = [];
    for (const parent of level) {
      for (let child = 0; child < nChildren && next < nTruths; child++) {
        parents[next] = parent;
        children.push(next++);
      }
    }
    level = children;
  }
  return parents;
}

function drawTrees(probabilities: Float64Array, hierarchy: TruthHierarchy): DrawActive {
  const nTruths = probabilities.length;
  const { childProbability, exclusive, nChildren } = hierarchy;
  const parents = parentsOf(nTruths, hierarchy);
  const fires = new Uint8Array(nTruths);
  /** With exclusive children: which of them fires, drawn when the parent does; nChildren and more: none. */
  const chosen = new Float64Array(nTruths);
  const place = new Int32Array(nTruths);
  for (let truth = 1; truth < nTruths; truth++)
    place[truth] = parents[truth] !== -1 && parents[truth] === parents[truth - 1] ? place[truth - 1] + 1 : 0;
  const firesWithParent = (rng: Rng, truth: number) => {
    const parent = parents[truth];
    if (!fires[parent]) return false;
    return exclusive ? Math.floor(chosen[parent]) === place[truth] : rng.float() < childProbability;
  };
  return (rng, active) => {
    let n = 0;
    for (let truth = 0; truth < nTruths; truth++) {
      const isActive = parents[truth] === -1 ? rng.float() < probabilities[truth] : firesWithParent(rng, truth);
      fires[truth] = isActive ? 1 : 0;
      if (!isActive) continue;
      active[n++] = truth;
      // Each child has an interval of childProbability; what is left of [0, 1) is none.
      if (exclusive) chosen[truth] = childProbability > 0 ? rng.float() / childProbability : nChildren;
    }
    return n;
  };
}
