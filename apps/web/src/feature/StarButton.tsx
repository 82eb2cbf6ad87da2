'use client';

import type { FeatureDetail } from '@featurescope/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { saveStar } from '../api/commands.ts';
import { IconButton } from '../ui/Button.tsx';
import { classNames } from '../ui/class-names.ts';

/** Stars a feature or takes the star away; shown once the server has it. */
export function useStar({ runId, index, starred }: FeatureDetail): { toggle: () => void; error: Error | null } {
  const client = useQueryClient();
  const save = useMutation({
    mutationFn: () => saveStar(runId, index, !starred),
    onSuccess: (feature) => {
      client.setQueryData(['feature', runId, index], feature);
      void client.invalidateQueries({ queryKey: ['features', runId] });
    },
  });
  return { toggle: () => !save.isPending && save.mutate(), error: save.error };
}

export function StarButton({ starred, toggle }: { starred: boolean; toggle: () => void }) {
  return (
    <IconButton label={starred ? 'Take the star away (s)' : 'Star (s)'} aria-pressed={starred} onClick={toggle}>
      <Star size={16} aria-hidden className={classNames(starred && 'fill-current text-accent')} />
    </IconButton>
  );
}
