export interface Point {
  x: number;
  /** As measured. */
  raw: number;
  /** Exponential moving average. */
  smooth: number;
}

/** Adds an exponential moving average whose memory is a hundredth of the series, without the start-up bias towards 0. */
export function smoothSeries(points: { x: number; raw: number }[]): Point[] {
  const keep = 1 - Math.min(1, 100 / Math.max(points.length, 1));
  let sum = 0;
  let weight = 0;
  return points.map(({ x, raw }) => {
    sum = keep * sum + (1 - keep) * raw;
    weight = keep * weight + (1 - keep);
    return { x, raw, smooth: sum / weight };
  });
}

/** At most `buckets` × 2 points: each bucket of neighbours keeps its lowest and its highest raw point, so that spikes
 *  stay visible, in their order. */
export function downsample(points: Point[], buckets: number): Point[] {
  if (points.length <= buckets * 2) return points;
  const kept: Point[] = [];
  for (let b = 0; b < buckets; b++) {
    const from = Math.floor((b * points.length) / buckets);
    const to = Math.floor(((b + 1) * points.length) / buckets);
    let low = from;
    let high = from;
    for (let i = from + 1; i < to; i++) {
      if (points[i].raw < points[low].raw) low = i;
      if (points[i].raw > points[high].raw) high = i;
    }
    kept.push(points[Math.min(low, high)]);
    if (low !== high) kept.push(points[Math.max(low, high)]);
  }
  const last = points[points.length - 1];
  if (kept[kept.length - 1] !== last) kept.push(last);
  return kept;
}
