/** The step of a round scale (1, 2 or 5 times a power of ten) that cuts a span into about `count` parts. */
function niceStep(span: number, count: number): number {
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return factor * power;
}

const multiples = (from: number, to: number, step: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));

/** An axis spans at least this share of its values, so that its four ticks differ within three significant digits. */
const leastRelativeSpan = 0.04;

/** A y-axis that holds the data between round ends. Data that hardly changes lies in the middle of its axis, and a
 *  constant 0 on the floor. */
export function niceAxis(values: number[], count = 4): { domain: [number, number]; ticks: number[] } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { domain: [0, 1], ticks: [0, 1] };
  if (high - low <= Math.abs(high) * 1e-9) {
    const room = high === 0 ? 0 : Math.abs(high) * 0.1;
    low = high - room;
    high = high === 0 ? 0.01 : high + room;
  }
  const missing = Math.max(Math.abs(low), Math.abs(high)) * leastRelativeSpan - (high - low);
  if (missing > 0) {
    low -= missing / 2;
    high += missing / 2;
  }
  const step = niceStep(high - low, count);
  const ticks = multiples(Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9), step);
  return { domain: [ticks[0], ticks[ticks.length - 1]], ticks };
}

/** Round ticks inside a range whose ends are not round, as the steps of a run. */
export function niceTicksWithin(low: number, high: number, count = 4): number[] {
  if (!(high > low)) return [low];
  const step = Math.max(1, niceStep(high - low, count));
  return multiples(Math.ceil(low / step), Math.floor(high / step), step);
}
