import { architectureColumns, architectureLabel, type CreateSweep, runsOfSweep } from '@featurescope/contracts';

/** The runs that a sweep stands for, by the names that they will have. */
export function VariantsTable({ sweep }: { sweep: CreateSweep }) {
  return (
    <div className="mt-3 max-h-64 overflow-auto rounded-md border border-line">
      <table className="w-full text-[13px]" aria-label="Runs of the sweep">
        <thead className="sticky top-0 bg-sunken text-left text-xs text-ink-2">
          <tr>
            <th className="px-3 py-1 font-normal">Name</th>
            <th className="px-3 py-1 text-right font-normal">Latents</th>
            <th className="px-3 py-1 font-normal max-sm:hidden">Dictionary</th>
          </tr>
        </thead>
        <tbody>
          {runsOfSweep(sweep).map((run) => (
            <tr key={run.name} className="border-t border-line">
              <td className="px-3 py-1 break-words">{run.name}</td>
              <td className="numeric px-3 py-1 text-right font-mono">{run.nLatents.toLocaleString('en-US')}</td>
              <td className="px-3 py-1 whitespace-nowrap max-sm:hidden">
                {architectureLabel({ architecture: run.architecture, ...architectureColumns(run) })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
