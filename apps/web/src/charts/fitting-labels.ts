/** Width of a character of the 10 px labels above a chart, generously, in px. */
const characterWidth = 6.5;

/** Which of some ranges on an axis are wide enough to bear their names, so that no two names touch.
 *  `pixels` is the length of the axis, which ends at `end`. */
export function fittingLabels(
  ranges: { from: number; to: number; label: string }[],
  { end, pixels }: { end: number; pixels: number },
): boolean[] {
  return ranges.map(({ from, to, label }) => ((to - from) / end) * pixels >= label.length * characterWidth);
}
