import type { ClassPurity, Recovery } from '@featurescope/contracts';
import type { TermName } from '../ui/definitions.ts';
import { Panel } from '../ui/Panel.tsx';
import { Quantity } from '../ui/Quantity.tsx';
import { Term } from '../ui/Term.tsx';

type Key = Exclude<keyof Recovery['trained'], 'classPurity'>;

const rows: Row<Key>[] = [
  { term: 'recovery', key: 'recovery', decimals: 3 },
  { term: 'bestMatch', key: 'bestMatch', decimals: 3 },
  { term: 'truthPrecision', key: 'truthPrecision', decimals: 3 },
  { term: 'truthRecall', key: 'truthRecall', decimals: 3 },
  { term: 'mmcsTruths', key: 'mmcsTruths', decimals: 3 },
  { term: 'mmcsLatents', key: 'mmcsLatents', decimals: 3 },
  { term: 'mcc', key: 'mcc', decimals: 3 },
  { term: 'uniqueness', key: 'uniqueness', decimals: 3 },
  { term: 'f1', key: 'f1', decimals: 3 },
  { term: 'fvu', key: 'fvu', decimals: 3 },
  { term: 'l0', key: 'l0' },
  { term: 'nAlive', key: 'nAlive' },
];

const purityRows: Row<keyof ClassPurity>[] = [
  { term: 'meanPurity', key: 'meanPurity', decimals: 3 },
  { term: 'worstPurity', key: 'worstPurity', decimals: 3 },
  { term: 'weightedPurity', key: 'weightedPurity', decimals: 3 },
  { term: 'nClassesFound', key: 'nClassesFound' },
];

interface Row<Key> {
  term: TermName;
  key: Key;
  decimals?: number;
}

const columns = [
  { of: 'trained', label: 'This run' },
  { of: 'untrained', label: 'Untrained' },
  { of: 'random', label: 'Random directions' },
] as const;

/** What was found, beside two dictionaries of the same size that learnt nothing. */
export function RecoveryComparison({ recovery }: { recovery: Recovery }) {
  const { nSamples, trueL0 } = recovery.trained;
  return (
    <Panel
      flush
      title="What was found, and what chance finds"
      aside={
        <>
          <Quantity value={nSamples} /> fresh samples · <Term name="trueL0" /> <Quantity value={trueL0} />
        </>
      }
    >
      <div className="overflow-x-auto">
        <table className="w-full text-sm" aria-label="Recovery beside chance">
          <thead>
            <tr className="text-xs text-ink-2">
              <th className="h-8 px-4 text-left font-medium">Measure</th>
              {columns.map(({ of, label }) => (
                <th key={of} className="px-4 text-right font-medium">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <ComparisonRow
                key={row.key}
                term={row.term}
                decimals={row.decimals}
                read={(of) => recovery[of][row.key]}
              />
            ))}
            {recovery.trained.classPurity &&
              purityRows.map((row) => (
                <ComparisonRow
                  key={row.key}
                  term={row.term}
                  decimals={row.decimals}
                  read={(of) => recovery[of].classPurity?.[row.key]}
                />
              ))}
          </tbody>
        </table>
      </div>
      <p className="border-t border-line px-4 py-2 text-xs text-ink-3">
        Untrained: this dictionary before its first step. Random directions: as large, with its norms and biases. MCC,
        uniqueness and F1 are SAELens’ own forms.
      </p>
    </Panel>
  );
}

function ComparisonRow({
  term,
  decimals,
  read,
}: Omit<Row<never>, 'key'> & { read: (of: (typeof columns)[number]['of']) => number | undefined }) {
  return (
    <tr className="h-8 border-t border-line">
      <th scope="row" className="px-4 text-left font-normal text-ink-2">
        <Term name={term} />
      </th>
      {columns.map(({ of }) => (
        <td key={of} className="px-4 text-right font-mono text-[13px]">
          <Quantity value={read(of)} decimals={decimals} />
        </td>
      ))}
    </tr>
  );
}
