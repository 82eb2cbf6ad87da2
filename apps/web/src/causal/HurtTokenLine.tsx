import type { HurtToken } from '@featurescope/contracts';
import { ActiveToken, TokenText } from '../ui/Token.tsx';

/** A token that is predicted worse, in the middle of its line; where the feature fires before it, as in every example. */
export function HurtTokenLine({ token, maximum }: { token: HurtToken; maximum: number }) {
  const { tokens, focus } = token;
  const activations = new Map(token.activations);
  const shown = (text: string, i: number) => (
    <ActiveToken key={i} text={text} activation={activations.get(i) ?? 0} maximum={maximum} />
  );
  const before = tokens.slice(0, focus).map(shown);
  const after = tokens.slice(focus + 1).map((text, offset) => shown(text, focus + 1 + offset));
  return (
    <span className="grid min-w-0 grid-cols-[minmax(0,3fr)_auto_minmax(0,1fr)] font-mono text-[13px] whitespace-pre">
      <span className="fade-start flex min-w-0 justify-end overflow-hidden text-ink-2">
        <span className="shrink-0">{before}</span>
      </span>
      <strong className="max-w-48 overflow-hidden rounded-[3px] px-px font-semibold text-ink ring-1 ring-bad">
        <TokenText text={tokens[focus]} />
      </strong>
      <span className="fade-end overflow-hidden text-ink-2">{after}</span>
    </span>
  );
}
