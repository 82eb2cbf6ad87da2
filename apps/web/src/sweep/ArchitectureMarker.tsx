import type { RunArchitecture } from '@featurescope/contracts';

/** Radius of a marker. */
const r = 6;

/** An outline about (0, 0) for each architecture: shapes are told apart where colours are not. */
const outlines: Partial<Record<RunArchitecture, string>> = {
  batchtopk: polygon(4, Math.PI / 4, 1.2),
  matryoshka: polygon(4, 0, 1.25),
  jumprelu: polygon(3, -Math.PI / 2, 1.3),
  gated: polygon(3, Math.PI / 2, 1.3),
  standard: star(5),
};

/** A point of a chart: filled where no other run is both sparser and closer. */
export function ArchitectureMarker({
  architecture,
  isBest,
  cx = 0,
  cy = 0,
}: {
  architecture: RunArchitecture | undefined;
  isBest: boolean;
  cx?: number;
  cy?: number;
}) {
  const style = {
    fill: isBest ? 'var(--accent)' : 'var(--surface)',
    stroke: isBest ? 'var(--accent)' : 'var(--ink-3)',
    strokeWidth: 1.5,
  };
  const outline = architecture && outlines[architecture];
  return outline ? (
    <path d={outline} transform={`translate(${cx} ${cy})`} className="cursor-pointer" {...style} />
  ) : (
    <circle cx={cx} cy={cy} r={r} className="cursor-pointer" {...style} />
  );
}

function polygon(nCorners: number, firstAngle: number, size: number): string {
  return closed(nCorners, (i) => [size * r, firstAngle + (2 * Math.PI * i) / nCorners]);
}

function star(nPoints: number): string {
  return closed(2 * nPoints, (i) => [(i % 2 === 0 ? 1.4 : 0.6) * r, -Math.PI / 2 + (Math.PI * i) / nPoints]);
}

/** A path through corners given as distance and angle. */
function closed(nCorners: number, corner: (i: number) => [number, number]): string {
  const points = Array.from({ length: nCorners }, (_, i) => {
    const [distance, angle] = corner(i);
    return `${(distance * Math.cos(angle)).toFixed(2)} ${(distance * Math.sin(angle)).toFixed(2)}`;
  });
  return `M${points.join('L')}Z`;
}
