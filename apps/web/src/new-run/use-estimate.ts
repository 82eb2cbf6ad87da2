import type { CreateRun } from '@featurescope/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { estimateRun } from '../api/commands.ts';
import { useDebounced } from '../ui/use-debounced.ts';

/** What the run of a form will cost, asked for once its values have settled. Null run: the last answer stays. */
export function useEstimate(run: CreateRun | null) {
  const settled = useDebounced(run === null ? null : JSON.stringify(run), 350);
  return useQuery({
    queryKey: ['estimate', settled],
    queryFn: ({ signal }) => estimateRun(JSON.parse(settled ?? '') as CreateRun, signal),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}
