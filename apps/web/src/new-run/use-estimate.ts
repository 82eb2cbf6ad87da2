import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { estimateRun, estimateSweep } from '../api/commands.ts';
import { useDebounced } from '../ui/use-debounced.ts';
import type { Launch } from './launch.ts';

/** What the launch of a form will cost, asked for once its values have settled. Null launch: the last answer stays. */
export function useEstimate(launch: Launch | null) {
  const settled = useDebounced(launch === null ? null : JSON.stringify(launch), 350);
  return useQuery({
    queryKey: ['estimate', settled],
    queryFn: ({ signal }) => readEstimate(JSON.parse(settled ?? '') as Launch, signal),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** An estimate, with what only that of a sweep says. */
async function readEstimate(launch: Launch, signal: AbortSignal) {
  if (launch.kind === 'run') return { ...(await estimateRun(launch.run, signal)), sweep: null };
  if (launch.kind === 'baseline') return { ...(await estimateRun(launch.baseline, signal)), sweep: null };
  const estimate = await estimateSweep(launch.sweep, signal);
  return { ...estimate, sweep: estimate };
}
