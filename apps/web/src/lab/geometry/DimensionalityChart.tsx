import type { SparsitySweepSnapshot } from '../worker/sparsity-sweep-experiment.ts';

const [width, height] = [640, 260];
const [left, right, top, bottom] = [34, 104, 10, 26];
const highestY = 1.1;

/** D of a feature in each shape. */
const marks: [number, string][] = [
  [1, 'own dimension'],
  [3 / 4, 'tetrahedron ¾'],
  [2 / 3, 'triangle ⅔'],
  [1 / 2, 'digon ½'],
  [2 / 5, 'pentagon ⅖'],
  [3 / 8, ''],
];

/** Over the sparsities: every feature's D as a dot, dimensions per feature as a line. */
export function DimensionalityChart({
  points,
  sparsity,
}: {
  points: SparsitySweepSnapshot['points'];
  sparsity: number;
}) {
  const x = (s: number) => left + (Math.log10(1 / (1 - s)) / 1.55) * (width - left - right);
  const y = (value: number) => top + (1 - Math.min(highestY, value) / highestY) * (height - top - bottom);
  const line = points.map(
    (p, i) => `${i === 0 ? 'M' : 'L'}${x(p.sparsity).toFixed(1)} ${y(p.dimensionsPerFeature).toFixed(1)}`,
  );
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className="block w-full min-w-[34rem]"
      role="img"
      aria-label={`Dimensions per feature over the sparsity, ${points.length} models`}
    >
      {marks.map(([value, name]) => (
        <g key={value}>
          <line x1={left} x2={width - right} y1={y(value)} y2={y(value)} stroke="var(--line)" />
          <text x={width - right + 6} y={y(value) + 3.5} fontSize={11} fill="var(--ink-3)">
            {name}
          </text>
        </g>
      ))}
      {[0, 0.5, 1].map((value) => (
        <text key={value} x={left - 6} y={y(value) + 3.5} fontSize={11} textAnchor="end" fill="var(--ink-3)">
          {value}
        </text>
      ))}
      {[0, 0.5, 0.8, 0.9, 0.95].map((value) => (
        <text key={value} x={x(value)} y={height - 8} fontSize={11} textAnchor="middle" fill="var(--ink-3)">
          {value === 0 ? 'S 0' : value}
        </text>
      ))}
      <line x1={x(sparsity)} x2={x(sparsity)} y1={top} y2={height - bottom} stroke="var(--ink)" strokeDasharray="3 3" />
      {points.map((point) =>
        Array.from(point.dimensionality, (value, i) => (
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: a dot is its feature
            key={`${point.sparsity} ${i}`}
            cx={x(point.sparsity)}
            cy={y(value)}
            r={3}
            fill="var(--class-1)"
            fillOpacity={0.35}
          />
        )),
      )}
      <path d={line.join('')} fill="none" stroke="var(--accent)" strokeWidth={2} />
    </svg>
  );
}
