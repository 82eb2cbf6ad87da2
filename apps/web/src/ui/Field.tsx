'use client';

import { type ComponentProps, type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';
import type { TermName } from './definitions.ts';
import { Term } from './Term.tsx';

export const inputStyle =
  'h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink aria-invalid:border-bad disabled:opacity-60';

/** What a control inside a field needs to be named and described. */
export interface FieldControl {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
}

/** A labelled control with its definition, a hint, and its error right below. */
export function Field({
  label,
  term,
  hint,
  error,
  children,
  className,
  steady = true,
}: {
  label: string;
  term?: TermName;
  hint?: ReactNode;
  error?: string;
  children: (control: FieldControl) => ReactNode;
  className?: string;
  /** Keeps a line free for an error, so that nothing moves when one comes. */
  steady?: boolean;
}) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="self-start font-medium">
        {term ? <Term name={term}>{label}</Term> : label}
      </label>
      {children({ id, 'aria-invalid': error !== undefined, 'aria-describedby': error || hint ? noteId : undefined })}
      {(steady || error || hint) && (
        <p id={noteId} className={classNames('min-h-4 text-xs', error ? 'text-bad' : 'text-ink-3')}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextInput({ className, ...props }: ComponentProps<'input'>) {
  return <input autoComplete="off" spellCheck={false} className={classNames(inputStyle, className)} {...props} />;
}

export function NumberInput({ className, ...props }: ComponentProps<'input'>) {
  return <TextInput inputMode="decimal" className={classNames('numeric font-mono', className)} {...props} />;
}

export function SelectInput({ className, ...props }: ComponentProps<'select'>) {
  return <select className={classNames(inputStyle, 'select pr-8', className)} {...props} />;
}
