/** A small curve without axes; its ends are said in words. */
export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const width = 88;
  const height = 22;
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const at = (value: number, i: number) =>
    `${((i / (values.length - 1)) * (width - 4) + 2).toFixed(1)},${(height - 3 - ((value - low) / span) * (height - 6)).toFixed(1)}`;
  const [endX, endY] = at(values[values.length - 1], values.length - 1).split(',');
  return (
    <svg
      width={width}
      height={height}
      role="img"
      aria-label={label}
      className="inline-block align-middle max-sm:hidden"
    >
      <polyline points={values.map(at).join(' ')} fill="none" stroke="var(--accent)" strokeWidth={1.5} />
      <circle cx={endX} cy={endY} r={2} fill="var(--accent)" />
    </svg>
  );
}
