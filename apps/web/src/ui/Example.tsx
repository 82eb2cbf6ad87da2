import type { Example } from '@featurescope/contracts';
import { ActiveToken } from './Token.tsx';

/** Activation at each of an example's tokens, dense. */
function activationsOf(example: Example): number[] {
  const dense = new Array<number>(example.tokens.length).fill(0);
  for (const [position, activation] of example.activations) {
    const at = position - example.firstPosition;
    if (at >= 0 && at < dense.length) dense[at] = activation;
  }
  return dense;
}

/** One line of a concordance: the peak in the middle, what comes before it cut off on the left. */
export function ExampleLine({ example, maximum, around = 40 }: { example: Example; maximum: number; around?: number }) {
  const activations = activationsOf(example);
  const peak = example.peakPosition - example.firstPosition;
  const token = (i: number) => (
    <ActiveToken key={i} text={example.tokens[i]} activation={activations[i]} maximum={maximum} peak={i === peak} />
  );
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, offset) => token(from + offset));
  return (
    <span className="grid min-w-0 grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)] font-mono text-[13px] whitespace-pre">
      <span className="fade-start flex min-w-0 justify-end overflow-hidden text-ink-2">
        <span className="shrink-0">{range(Math.max(0, peak - around), peak)}</span>
      </span>
      <span className="max-w-48 overflow-hidden">{peak >= 0 && peak < example.tokens.length && token(peak)}</span>
      <span className="fade-end overflow-hidden text-ink-2">
        {range(peak + 1, Math.min(example.tokens.length, peak + around))}
      </span>
    </span>
  );
}

/** The whole text of an example, wrapped, line breaks kept. */
export function ExampleText({ example, maximum }: { example: Example; maximum: number }) {
  const activations = activationsOf(example);
  const peak = example.peakPosition - example.firstPosition;
  return (
    <p className="font-mono text-[13px] leading-6 break-words whitespace-pre-wrap">
      {example.firstPosition > 0 && <span className="text-ink-3">… </span>}
      {example.tokens.map((text, i) => (
        <ActiveToken
          // biome-ignore lint/suspicious/noArrayIndexKey: a position in a text is its identity
          key={i}
          text={text}
          activation={activations[i]}
          maximum={maximum}
          peak={i === peak}
          breaks
        />
      ))}
      {example.firstPosition + example.tokens.length < example.contextLength && <span className="text-ink-3"> …</span>}
    </p>
  );
}
