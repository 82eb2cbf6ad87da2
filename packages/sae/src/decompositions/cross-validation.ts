import { Rng } from '../rng.ts';
import { type ConceptMethod, conceptDirection } from './concept-direction.ts';
import { checkLabelled, type LabelledRows, pickRows, signedDistance } from './labelled-rows.ts';

export interface HeldOutAccuracy {
  /** Mean of the shares of positive and of negative examples that are classified rightly by a direction found without them. */
  balancedAccuracy: number;
  nPositive: number;
  nPositiveRight: number;
  nNegative: number;
  nNegativeRight: number;
  nFolds: number;
}

/** Stratified cross-validation: each example is classified by a direction that was found without its fold. Folds: 5, or as many as
 *  the smaller class has examples (at least 2 must be there). Throws SaeConfigError where a class has fewer. */
export function heldOutAccuracy(examples: LabelledRows, method: ConceptMethod, seed: number): HeldOutAccuracy {
  checkLabelled(examples);
  const { isPositive, rows } = examples;
  const places = (kind: boolean) => isPositive.flatMap((label, place) => (label === kind ? [place] : []));
  const rng = Rng.fromSeed(seed, 'cross-validation');
  const [positive, negative] = [rng.shuffle(places(true)), rng.shuffle(places(false))];
  const nFolds = Math.max(2, Math.min(5, positive.length, negative.length));
  const right = { true: 0, false: 0 };
  for (let fold = 0; fold < nFolds; fold++) {
    const isHeldOut = (_: number, i: number) => i % nFolds === fold;
    const others = [positive, negative].flatMap((kind) => kind.filter((place, i) => !isHeldOut(place, i)));
    const boundary = conceptDirection(pickRows(examples, others), method);
    for (const place of [positive, negative].flatMap((kind) => kind.filter(isHeldOut)))
      if (signedDistance(boundary, rows, place) > 0 === isPositive[place]) right[`${isPositive[place]}`]++;
  }
  return {
    balancedAccuracy: (right.true / positive.length + right.false / negative.length) / 2,
    nPositive: positive.length,
    nPositiveRight: right.true,
    nNegative: negative.length,
    nNegativeRight: right.false,
    nFolds,
  };
}
