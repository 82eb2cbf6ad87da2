/** What every Recharts axis here looks like. */
export const axisStyle = {
  tick: { fill: 'var(--ink-3)', fontSize: 11, fontFamily: 'var(--font-mono)' },
  stroke: 'var(--line-strong)',
  tickLine: false,
} as const;

export const chartHeight = 168;
