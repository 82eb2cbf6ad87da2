/** How near to the L0 that was asked for is near enough, as a share of it. */
const TOLERANCE = 0.05;
const MAX_TRAININGS = 8;

export interface CoefficientAndL0 {
  coefficient: number;
  l0: number;
}

/** The coefficient with which a dictionary comes to an L0, found by training: log L0 falls about linearly with the logarithm of the
 *  coefficient, so each try is the line through the two nearest. `known` is what was trained before, and grows; without any, `start` is tried. */
export async function coefficientForL0(
  target: number,
  { known, start = 1 }: { known: CoefficientAndL0[]; start?: number },
  l0Of: (coefficient: number) => Promise<number>,
): Promise<CoefficientAndL0> {
  const distance = ({ l0 }: CoefficientAndL0) => Math.abs(Math.log(Math.max(l0, 1e-3) / target));
  const nearest = () => [...known].sort((a, b) => distance(a) - distance(b));
  for (let i = 0; i < MAX_TRAININGS && !(known.length > 0 && distance(nearest()[0]) <= TOLERANCE); i++) {
    const coefficient = known.length > 0 ? nextCoefficient(target, nearest()) : start;
    known.push({ coefficient, l0: await l0Of(coefficient) });
  }
  return nearest()[0];
}

function nextCoefficient(target: number, [first, second]: CoefficientAndL0[]): number {
  const log = ({ l0 }: CoefficientAndL0) => Math.log(Math.max(l0, 1e-3));
  const slope = second
    ? (log(first) - log(second)) / (Math.log(first.coefficient) - Math.log(second.coefficient))
    : Number.NaN;
  // A slope of the wrong sign is noise: one power of the coefficient is the usual size of it.
  const step = (Math.log(target) - log(first)) / (slope < -0.2 ? slope : -1);
  return first.coefficient * Math.exp(Math.max(-2, Math.min(2, step)));
}
