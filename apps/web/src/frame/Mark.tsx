/** The product's mark: a dense field in which one point is lit. */
export function Mark() {
  const dots = [4, 10, 16].flatMap((y) => [4, 10, 16].map((x) => ({ x, y, lit: x === 10 && y === 10 })));
  return (
    <svg width={16} height={16} viewBox="0 0 20 20" aria-hidden className="shrink-0">
      {dots.map(({ x, y, lit }) => (
        <circle key={`${x}-${y}`} cx={x} cy={y} r={lit ? 4 : 2} fill={lit ? 'var(--accent)' : 'var(--neutral)'} />
      ))}
    </svg>
  );
}
