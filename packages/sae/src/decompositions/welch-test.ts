export interface WelchTest {
  /** Null where neither sample varies: the statistic is 0/0 or infinite. */
  t: number | null;
  degreesOfFreedom: number | null;
  /** Two-sided. 1 where neither sample varies and the means are equal, 0 where they then differ. */
  pValue: number;
}

/** Welch's t-test of equal means, two-sided, for samples of at least two values: unlike Student's it does not take the variances for
 *  equal, which those of a concept's scores and of random ones are not. Throws RangeError for smaller samples. Source: Welch 1947. */
export function welchTest(a: ArrayLike<number>, b: ArrayLike<number>): WelchTest {
  const [first, second] = [summarise(a), summarise(b)];
  const square = first.squaredError + second.squaredError;
  const difference = first.mean - second.mean;
  if (square === 0) return { t: null, degreesOfFreedom: null, pValue: difference === 0 ? 1 : 0 };
  const t = difference / Math.sqrt(square);
  const degreesOfFreedom =
    square ** 2 / (first.squaredError ** 2 / (first.n - 1) + second.squaredError ** 2 / (second.n - 1));
  return { t, degreesOfFreedom, pValue: twoSidedTail(t, degreesOfFreedom) };
}

function summarise(sample: ArrayLike<number>): { n: number; mean: number; squaredError: number } {
  const n = sample.length;
  if (n < 2) throw new RangeError(`A sample needs at least 2 values, but has ${n}`);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += sample[i] / n;
  let square = 0;
  for (let i = 0; i < n; i++) square += (sample[i] - mean) ** 2;
  return { n, mean, squaredError: square / (n - 1) / n };
}

/** P(|T| ≥ |t|) of Student's distribution: the regularised incomplete beta function at ν/(ν + t²), with ν/2 and ½. */
function twoSidedTail(t: number, degreesOfFreedom: number): number {
  return regularisedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** I_x(a, b) by its continued fraction, on the side where it converges fast. Source: DLMF 8.17.22. */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - (logGamma(a) + logGamma(b) - logGamma(a + b)),
  );
  // Lentz's evaluation, which keeps numerator and denominator apart from zero.
  const tiny = 1e-300;
  const safe = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let [c, d] = [1, 1 / safe(1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m <= 300; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / safe(1 + numerator * d);
      c = safe(1 + numerator / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** ln Γ(x), x > 0: Stirling's series after lifting x above 10, to 1e-14. Source: DLMF 5.11.1. */
function logGamma(x: number): number {
  let [lifted, shift] = [x, 0];
  while (lifted < 10) shift += Math.log(lifted++);
  const inverse = 1 / (lifted * lifted);
  const series = 1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)));
  return (lifted - 0.5) * Math.log(lifted) - lifted + Math.log(2 * Math.PI) / 2 + series / lifted - shift;
}
