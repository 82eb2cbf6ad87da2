import type { ComparisonFeaturesQuery } from '@featurescope/contracts';
import type { DictionaryMatch } from '@featurescope/interp/comparison';
import type { OpenedSide } from './comparisons.ts';

export interface ListedFeature {
  index: number;
  partners: { index: number; cosine: number }[];
}

/** Parts shown of a feature that is split into many. */
const maxPartners = 20;

/** The features of one side with one fate, as they are listed, with their partners. Dead ones are left out. */
export function listedFeatures(
  side: OpenedSide & { match: DictionaryMatch; densities: Float64Array },
  { side: name, fate }: Pick<ComparisonFeaturesQuery, 'side' | 'fate'>,
): ListedFeature[] {
  const { fates, alive, densities } = side;
  const listed: ListedFeature[] = [];
  fates.forEach((own, index) => {
    if (own !== fate || (alive && !alive[index])) return;
    listed.push({ index, partners: partnersOf(side, { side: name, fate, index }) });
  });
  const cosine = ({ partners }: ListedFeature) => partners[0]?.cosine ?? -1;
  const byActivity = (x: ListedFeature, y: ListedFeature) => densities[y.index] - densities[x.index];
  return listed.sort((x, y) => {
    if (fate === 'stable') return cosine(y) - cosine(x) || x.index - y.index;
    if (fate === 'split') return y.partners.length - x.partners.length || byActivity(x, y) || x.index - y.index;
    return byActivity(x, y) || x.index - y.index;
  });
}

function partnersOf(
  { match, parts }: OpenedSide & { match: DictionaryMatch },
  { side, fate, index }: { side: 'a' | 'b'; fate: ComparisonFeaturesQuery['fate']; index: number },
): ListedFeature['partners'] {
  const isA = side === 'a';
  if (fate === 'split') {
    const cosines = isA ? match.nearestCosineOfB : match.nearestCosineOfA;
    return (parts.get(index) ?? []).slice(0, maxPartners).map((part) => ({ index: part, cosine: cosines[part] }));
  }
  if (fate === 'stable') {
    const a = isA ? index : match.matchOfA.indexOf(index);
    return [{ index: isA ? match.matchOfA[a] : a, cosine: match.cosineOfA[a] }];
  }
  const [nearest, cosines] = isA
    ? [match.nearestOfA, match.nearestCosineOfA]
    : [match.nearestOfB, match.nearestCosineOfB];
  return nearest[index] < 0 ? [] : [{ index: nearest[index], cosine: cosines[index] }];
}
