import type { LossPoint } from '../training/checkpoint.ts';

const width = 720;
const height = 300;
const margin = { left: 48, right: 12, top: 12, bottom: 36 };

/** The training loss over tokens as a small SVG that reads on light and dark pages. */
export function lossCurveSvg(points: readonly LossPoint[]): string {
  const lastTokens = Math.max(...points.map((point) => point.tokens));
  const lowest = Math.floor(Math.min(...points.map((point) => point.loss)) * 2) / 2;
  const highest = Math.ceil(Math.max(...points.map((point) => point.loss)) * 2) / 2;
  const x = (tokens: number) => margin.left + (tokens / lastTokens) * (width - margin.left - margin.right);
  const y = (loss: number) =>
    margin.top + ((highest - loss) / (highest - lowest)) * (height - margin.top - margin.bottom);
  const path = points.map((point) => `${x(point.tokens).toFixed(1)},${y(point.loss).toFixed(1)}`).join(' ');
  const lossTicks = Array.from(
    { length: Math.floor(highest - lowest) + 1 },
    (_, index) => Math.ceil(lowest) + index,
  ).filter((loss) => loss <= highest);
  const tokenTicks = Array.from({ length: 5 }, (_, index) => (lastTokens * index) / 4);
  const grid = lossTicks.map(
    (loss) =>
      `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(loss)}" y2="${y(loss)}" stroke="#8884"/>` +
      `<text x="${margin.left - 8}" y="${y(loss) + 4}" text-anchor="end">${loss}</text>`,
  );
  const labels = tokenTicks.map(
    (tokens) => `<text x="${x(tokens)}" y="${height - 18}" text-anchor="middle">${(tokens / 1e6).toFixed(1)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="#777">
<title>Training loss over tokens</title>
${grid.join('\n')}
${labels.join('\n')}
<text x="${width / 2}" y="${height - 4}" text-anchor="middle">million tokens</text>
<text x="12" y="${height / 2}" transform="rotate(-90 12 ${height / 2})" text-anchor="middle">nats a token</text>
<polyline points="${path}" fill="none" stroke="#4f7cff" stroke-width="1.5"/>
</svg>
`;
}
