import type { CSSProperties } from 'react';
import { formatNumber } from './format.ts';
import { isPlain, scalePosition, tokenPieces } from './token-pieces.ts';

/** A token's text with white space and invisible characters made visible. `breaks` keeps line breaks; without, a token stays on its line. */
export function TokenText({ text, breaks = false }: { text: string; breaks?: boolean }) {
  if (isPlain(text)) return text;
  return tokenPieces(text).map((piece, i) => {
    const key = `${i}${piece.kind}`;
    if (piece.kind === 'text') return <span key={key}>{piece.text}</span>;
    if (piece.kind === 'escape')
      return (
        <span key={key} className="text-ink-3">
          {piece.text}
        </span>
      );
    if (piece.kind === 'blank')
      return (
        <span key={key} className="blank">
          {' '}
        </span>
      );
    return (
      <span key={key} className={piece.kind}>
        {piece.kind === 'newline' && breaks ? '\n' : ''}
      </span>
    );
  });
}

/** A token standing by itself, as in lists of output tokens. */
export function LoneToken({ text }: { text: string }) {
  return (
    <span className="token-alone font-mono whitespace-pre">
      {text === '' ? <span className="text-ink-3">(empty)</span> : <TokenText text={text} />}
    </span>
  );
}

/** A token coloured by a feature's activation on it; the exact value on hover. */
export function ActiveToken({
  text,
  activation,
  maximum,
  breaks,
  peak = false,
}: {
  text: string;
  activation: number;
  maximum: number;
  breaks?: boolean;
  peak?: boolean;
}) {
  if (!(activation > 0) && !peak) return <TokenText text={text} breaks={breaks} />;
  const style = { '--t': scalePosition(activation, maximum) } as CSSProperties;
  return (
    <span
      className={
        activation > 0 ? (peak ? 'activation font-semibold' : 'activation') : 'rounded-[3px] ring-1 ring-line-strong'
      }
      style={style}
      title={`activation ${formatNumber(activation)}`}
    >
      <TokenText text={text} breaks={breaks} />
    </span>
  );
}

/** The colour scale with its end printed. */
export function ActivationLegend({ maximum }: { maximum: number | null }) {
  return (
    <span className="numeric inline-flex items-center gap-1.5 text-xs text-ink-3">
      0
      <span className="activation-scale h-2 w-16 rounded-sm border border-line" aria-hidden />
      {maximum === null ? 'max' : formatNumber(maximum)}
      <span className="sr-only">Colour scale of activation</span>
    </span>
  );
}
