'use client';

import { Dices } from 'lucide-react';
import { useId } from 'react';
import { IconButton } from '../../ui/Button.tsx';
import { NumberInput } from '../../ui/Field.tsx';
import { Term } from '../../ui/Term.tsx';

const N_SEEDS = 1_000_000;

/** The number that all chance follows from. */
export function SeedControl({ seed, onChange }: { seed: number; onChange: (seed: number) => void }) {
  const id = useId();
  return (
    <div className="flex items-center justify-between gap-2">
      <label htmlFor={id} className="font-medium">
        <Term name="seed" />
      </label>
      <span className="flex items-center gap-1">
        <NumberInput
          id={id}
          value={String(seed)}
          className="w-24"
          onChange={({ target }) => {
            const next = Number(target.value.replace(/\D/g, ''));
            if (next < N_SEEDS) onChange(next);
          }}
        />
        <IconButton label="Another seed" onClick={() => onChange(1 + Math.floor(Math.random() * (N_SEEDS - 1)))}>
          <Dices size={16} aria-hidden />
        </IconButton>
      </span>
    </div>
  );
}
