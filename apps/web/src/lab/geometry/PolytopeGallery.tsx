import { formatFixed } from '../../ui/format.ts';
import { Arrows3d } from '../ui/Arrows3d.tsx';
import { classColour } from '../ui/feature-colour.ts';
import type { DrawnPolytope } from '../worker/geometry-experiment.ts';

/** Shapes with more features than these share no dimension that three could show. */
const MOST_DRAWN = 12;

/** Each polytope in a space of its own. */
export function PolytopeGallery({ polytopes }: { polytopes: DrawnPolytope[] }) {
  return (
    <ul className="grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-4">
      {polytopes.slice(0, MOST_DRAWN).map((polytope) => (
        <li key={polytope.features.join(' ')} className="min-w-0 rounded-md border border-line p-2">
          <Arrows3d
            label={`${polytope.name} of features ${polytope.features.map((i) => i + 1).join(', ')}`}
            className="block w-full"
            points={pointsOf(polytope)}
            edges={edgesOf(polytope)}
            colourOf={(i) => classColour(polytope.features[i])}
            showNumbers={false}
          />
          <p className="mt-1 font-medium first-letter:uppercase">{polytope.name}</p>
          <p className="numeric truncate text-xs text-ink-3">
            {polytope.features.length} in {formatFixed(polytope.dimensions, 2)} dimensions
          </p>
        </li>
      ))}
    </ul>
  );
}

export const pointsOf = ({ points }: DrawnPolytope): [number, number, number][] =>
  Array.from({ length: points.length / 3 }, (_, i) => [points[i * 3], points[i * 3 + 1], points[i * 3 + 2]]);

/** Every pair of a simplex; of larger shapes those closer than most. */
export function edgesOf(polytope: DrawnPolytope): [number, number][] {
  const points = pointsOf(polytope);
  const pairs = points.flatMap((_, a) => points.slice(a + 1).map((__, b): [number, number] => [a, a + 1 + b]));
  const length = ([a, b]: [number, number]) => Math.hypot(...points[a].map((value, d) => value - points[b][d]));
  if (points.length <= 4) return pairs;
  const shortest = Math.min(...pairs.map(length));
  return pairs.filter((pair) => length(pair) < 1.25 * shortest);
}
