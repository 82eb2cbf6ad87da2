'use client';

import { type Architecture, architectureTitle, type SparsityLoss, sparsityLosses } from '@featurescope/contracts';
import { Field, NumberInput, SelectInput, TextInput } from '../ui/Field.tsx';
import { architectureFieldLabels, fieldsOf } from './architecture-fields.ts';
import type { CardProps } from './card-props.ts';
import type { Draft } from './draft.ts';
import { isSyntheticDraft } from './synthetic-draft.ts';
import { parseNumber } from './typed-numbers.ts';

/** The fields that the chosen architectures need, and no others. */
export function ArchitectureFields(props: CardProps) {
  const { draft, errors, change } = props;
  return fieldsOf(draft.architectures, draft.sparsityLoss).map((field) => {
    if (field === 'sparsityLoss') return <SparsityLossField key={field} {...props} />;
    const Input = field === 'prefixes' ? TextInput : NumberInput;
    return (
      <Field
        key={field}
        label={architectureFieldLabels[field]}
        term={field}
        error={errors[field]}
        hint={hintOf(field, draft)}
      >
        {(control) => (
          <Input
            {...control}
            placeholder={field === 'prefixes' ? usualPrefixes(draft) : undefined}
            value={draft[field]}
            onChange={(event) => change({ [field]: event.target.value })}
          />
        )}
      </Field>
    );
  });
}

const lossNames: Record<SparsityLoss, string> = {
  quadratic: 'Steer to a target L0',
  step: 'Count of active latents (step)',
  tanh: 'Smooth count (tanh)',
};

function SparsityLossField({ draft, errors, change }: CardProps) {
  return (
    <Field
      label={architectureFieldLabels.sparsityLoss}
      term="sparsityLoss"
      error={errors.sparsityLoss}
      hint={ofWhich(draft, ['jumprelu']) || 'How sparsity is paid for'}
    >
      {(control) => (
        <SelectInput
          {...control}
          value={draft.sparsityLoss}
          onChange={(event) => change({ sparsityLoss: event.target.value as SparsityLoss })}
        >
          {sparsityLosses.toReversed().map((loss) => (
            <option key={loss} value={loss}>
              {lossNames[loss]}
            </option>
          ))}
        </SelectInput>
      )}
    </Field>
  );
}

type TypedField = 'k' | 'prefixes' | 'l1Coefficient' | 'l0Coefficient' | 'targetL0';

const usersOf: Record<TypedField, Architecture[]> = {
  k: ['topk', 'batchtopk', 'matryoshka'],
  prefixes: ['matryoshka'],
  l1Coefficient: ['gated', 'standard'],
  l0Coefficient: ['jumprelu'],
  targetL0: ['jumprelu'],
};

const hints: Record<TypedField, { one: string; several: string }> = {
  k: { one: '16 to 64 suits most models', several: '16, 32, 64' },
  prefixes: { one: 'In latents, ascending; left empty, halved five times', several: '' },
  l1Coefficient: { one: 'Higher is sparser', several: '0.5, 1, 2' },
  l0Coefficient: { one: 'Higher is sparser', several: '0.5, 1, 2' },
  targetL0: { one: '16 to 64 suits most models', several: '16, 32, 64' },
};

function hintOf(field: TypedField, draft: Draft): string {
  const { one, several } = hints[field];
  if (isSyntheticDraft(draft) && (field === 'k' || field === 'targetL0')) return 'About as many as truths are active';
  const hint = draft.isSweep && several !== '' ? `Several values, such as ${several}` : one;
  const which = ofWhich(draft, usersOf[field]);
  return which ? `${which}: ${hint.charAt(0).toLowerCase()}${hint.slice(1)}` : hint;
}

/** Which of several chosen architectures a field is for; empty where it is for all of them. */
function ofWhich({ architectures }: Draft, users: Architecture[]): string {
  const using = architectures.filter((architecture) => users.includes(architecture));
  return using.length === architectures.length ? '' : using.map(architectureTitle).join(', ');
}

/** What matryoshka nests by itself: 1/32, 1/16, 1/8, 1/4, 1/2 and all of the latents. */
function usualPrefixes({ nLatents, isSweep }: Draft): string {
  const width = isSweep ? Number.NaN : parseNumber(nLatents);
  if (!Number.isInteger(width) || width < 32) return '1/32, 1/16, 1/8, 1/4, 1/2, 1';
  return [32, 16, 8, 4, 2, 1].map((part) => Math.floor(width / part)).join(', ');
}
