import type { ReactNode } from 'react';
import type { labPages } from '../lab-pages.ts';
import { classColour } from '../ui/feature-colour.ts';

type Href = (typeof labPages)[number]['href'];

/** A sign for each experiment, drawn by hand. */
export function LabPicture({ href }: { href: Href }) {
  return (
    <svg viewBox="0 0 240 104" className="block h-28 w-full rounded-md bg-sunken" aria-hidden>
      {pictures[href]}
    </svg>
  );
}

const corner = (i: number, n: number, radius: number, turn = -Math.PI / 2): [number, number] => [
  120 + radius * Math.cos(turn + (2 * Math.PI * i) / n),
  52 + radius * Math.sin(turn + (2 * Math.PI * i) / n),
];

const range = (n: number) => Array.from({ length: n }, (_, i) => i);

const star = range(5).map((i) => {
  const [x, y] = corner(i, 5, 40);
  return (
    <g key={i}>
      <line x1={120} y1={52} x2={x} y2={y} stroke={classColour(i)} strokeWidth={3} strokeLinecap="round" />
      <circle cx={x} cy={y} r={4} fill={classColour(i)} />
    </g>
  );
});

const tetrahedron = (() => {
  const tips: [number, number][] = [
    [120, 12],
    [82, 76],
    [164, 70],
    [122, 94],
  ];
  return (
    <>
      {tips.flatMap((a, i) =>
        tips
          .slice(i + 1)
          .map((b) => (
            <line
              key={`${a} ${b}`}
              x1={a[0]}
              y1={a[1]}
              x2={b[0]}
              y2={b[1]}
              stroke="var(--accent)"
              strokeOpacity={0.5}
              strokeWidth={1.5}
            />
          )),
      )}
      {tips.map(([x, y], i) => (
        <circle key={`${x}`} cx={x} cy={y} r={5} fill={classColour(i)} />
      ))}
    </>
  );
})();

const bars = [0.98, 0.94, 0.99, 0.78, 0.96, 0.9].map((value, i) => (
  <g key={value}>
    <rect x={60} y={14 + i * 13} width={120} height={8} rx={2} fill="var(--hover)" />
    <rect x={60} y={14 + i * 13} width={120 * value} height={8} rx={2} fill={classColour(i)} />
  </g>
));

const stripes = (
  <>
    {range(6).map((i) => (
      <g key={i}>
        {range(4).map((c) => (
          <rect key={c} x={30 + c * 20} y={16 + i * 13} width={20} height={8} fill={classColour((i * 3 + c * 2) % 8)} />
        ))}
        <rect x={132} y={16 + i * 13} width={80} height={8} rx={2} fill={classColour(i)} />
      </g>
    ))}
    <path d="M116 52h8m-3 -3l3 3l-3 3" stroke="var(--ink-3)" strokeWidth={1.5} fill="none" />
  </>
);

const blocks = range(6).flatMap((r) =>
  range(18).map((c) => {
    const isOwn = Math.floor(c / 3) === r;
    return (
      <rect
        key={`${r} ${c}`}
        x={48 + c * 8}
        y={10 + r * 14}
        width={7}
        height={13}
        fill={classColour(r)}
        opacity={isOwn ? 0.9 - 0.2 * (c % 3) : 0.06}
      />
    );
  }),
);

const pictures: Record<Href, ReactNode> = {
  '/lab/superposition': star,
  '/lab/geometry': tetrahedron,
  '/lab/recovery': bars,
  '/lab/disentangler': stripes,
  '/lab/sparsity': blocks,
};
