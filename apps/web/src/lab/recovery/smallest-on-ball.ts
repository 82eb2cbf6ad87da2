export type Plane = [number, number];

/** A squared error around its least point: (f − centre)ᵀ A (f − centre), A symmetric and positive: [[a, b], [b, c]]. */
export interface Bowl {
  centre: Plane;
  a: number;
  b: number;
  c: number;
}

export const errorAt = ({ centre, a, b, c }: Bowl, [x, y]: Plane): number => {
  const [dx, dy] = [x - centre[0], y - centre[1]];
  return a * dx * dx + 2 * b * dx * dy + c * dy * dy;
};

/** The point of least error with ‖f‖ ≤ budget: the bowl's centre where it lies inside; else on the rim. L1: exactly, side by side of the
 *  diamond, so that a corner is a corner; L2: to 1e-4 radians. */
export function smallestOnBall(bowl: Bowl, norm: 'l1' | 'l2', budget: number): Plane {
  const [x, y] = bowl.centre;
  const length = norm === 'l1' ? Math.abs(x) + Math.abs(y) : Math.hypot(x, y);
  if (length <= budget) return bowl.centre;
  const candidates = norm === 'l1' ? sides(bowl, budget) : rim(budget);
  return candidates.reduce((best, point) => (errorAt(bowl, point) < errorAt(bowl, best) ? point : best));
}

/** The least point of each side of the diamond, its corners included. */
function sides(bowl: Bowl, t: number): Plane[] {
  const corners: Plane[] = [
    [t, 0],
    [0, t],
    [-t, 0],
    [0, -t],
  ];
  return corners.flatMap((from, i) => {
    const to = corners[(i + 1) % 4];
    const [ux, uy] = [to[0] - from[0], to[1] - from[1]];
    const [dx, dy] = [bowl.centre[0] - from[0], bowl.centre[1] - from[1]];
    const { a, b, c } = bowl;
    const part = (ux * (a * dx + b * dy) + uy * (b * dx + c * dy)) / (a * ux * ux + 2 * b * ux * uy + c * uy * uy);
    // At an end the corner itself: a sum of rounded numbers would miss the axis by a hair.
    if (part <= 0) return [from];
    if (part >= 1) return [to];
    return [[from[0] + part * ux, from[1] + part * uy] as Plane];
  });
}

function rim(radius: number): Plane[] {
  const nAngles = 62_832;
  return Array.from({ length: nAngles }, (_, i) => {
    const angle = (2 * Math.PI * i) / nAngles;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
