import { formatFixed, formatShare } from '../../ui/format.ts';
import { classColour } from '../ui/feature-colour.ts';

/** One unit and how its activation is spread over the classes. */
export interface UnitStripe {
  name: string;
  /** [nClasses] mean activations. */
  means: ArrayLike<number>;
  purity: number;
  firingShare: number;
}

/** A bar a unit, cut into the classes that it speaks for: one colour is a pure unit, a rainbow is one that mixes. */
export function UnitStripes({ label, units }: { label: string; units: UnitStripe[] }) {
  return (
    <ol aria-label={label} className="numeric flex flex-col gap-[3px] text-xs">
      {units.map(({ name, means, purity, firingShare }) => {
        const sum = Array.from(means).reduce((so, value) => so + value, 0);
        return (
          <li
            key={name}
            className="grid grid-cols-[2rem_minmax(0,1fr)_3rem] items-center gap-2"
            title={`${name}: purity ${formatFixed(purity, 3)}, fires on ${formatShare(firingShare)} of the points`}
          >
            <span className="text-right font-mono text-ink-3">{name}</span>
            <span className="flex h-3.5 overflow-hidden rounded-sm bg-sunken">
              {Array.from(means, (value, c) =>
                value > 0 ? (
                  <span
                    // biome-ignore lint/suspicious/noArrayIndexKey: a stripe is its class
                    key={c}
                    className="h-full"
                    style={{ width: `${(100 * value) / sum}%`, background: classColour(c) }}
                  />
                ) : null,
              )}
            </span>
            <span className="text-right font-mono">{formatShare(Number(purity.toFixed(3)))}</span>
          </li>
        );
      })}
    </ol>
  );
}

export function ClassNames({ nClasses }: { nClasses: number }) {
  return (
    <ul aria-label="Classes" className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-ink-2">
      {Array.from({ length: nClasses }, (_, c) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a class is its number
        <li key={c} className="flex items-center gap-1">
          <span className="size-2.5 rounded-sm" style={{ background: classColour(c) }} /> class {c + 1}
        </li>
      ))}
    </ul>
  );
}
