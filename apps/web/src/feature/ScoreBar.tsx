import { Score } from '../ui/Quantity.tsx';

/** A label's score between chance and perfect, with its 95% interval drawn around it. */
export function ScoreBar({ score, interval }: { score: number; interval: [number, number] | null }) {
  const percent = (value: number) => `${Math.min(100, Math.max(0, value * 100))}%`;
  return (
    <div className="mt-3">
      <div className="relative h-5" aria-hidden>
        <div className="absolute inset-x-0 top-2 h-1 rounded-full bg-hover" />
        <div className="absolute top-0 bottom-0 w-px bg-line-strong" style={{ left: '50%' }} />
        {interval && (
          <div
            className="absolute top-1.5 h-2 rounded-full bg-accent/30"
            style={{ left: percent(interval[0]), width: percent(interval[1] - interval[0]) }}
          />
        )}
        <div
          className="absolute top-1 h-3 w-1 -translate-x-1/2 rounded-full bg-accent"
          style={{ left: percent(score) }}
        />
      </div>
      <div className="numeric flex justify-between text-xs text-ink-3">
        <span>0</span>
        <span>0.5 is chance</span>
        <span>1</span>
      </div>
      <p className="sr-only">
        Score <Score value={score} />
        {interval && `, 95% interval ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}`}
      </p>
    </div>
  );
}
