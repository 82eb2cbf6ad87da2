import type { Label } from '@featurescope/contracts';
import { Term } from '../ui/Term.tsx';

/** How the label's rule and the feature agreed on the scoring examples, as a table of two by two. */
export function ConfusionCounts({ confusion }: { confusion: NonNullable<Label['confusion']> }) {
  const rows = [
    ['Feature fires', confusion.truePositive, confusion.falseNegative],
    ['Feature silent', confusion.falsePositive, confusion.trueNegative],
  ] as const;
  return (
    <table className="mt-3 w-full text-sm">
      <caption className="sr-only">Confusion counts</caption>
      <thead>
        <tr className="text-xs text-ink-3">
          <th scope="col" className="py-1 text-left font-normal">
            <Term name="confusion">Scoring examples</Term>
          </th>
          <th scope="col" className="py-1 text-right font-normal">
            Label says yes
          </th>
          <th scope="col" className="py-1 text-right font-normal">
            Label says no
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, yes, no]) => (
          <tr key={name} className="border-t border-line">
            <th scope="row" className="h-7 text-left font-normal text-ink-2">
              {name}
            </th>
            <td className="numeric text-right font-mono">{yes}</td>
            <td className="numeric text-right font-mono">{no}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
