import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';

type Kind = 'primary' | 'secondary' | 'quiet' | 'danger';

const shape =
  'inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md border px-3 text-sm font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50';
const kinds: Record<Kind, string> = {
  primary: 'border-transparent bg-accent text-on-accent enabled:hover:brightness-110 [a&]:hover:brightness-110',
  secondary: 'border-line-strong bg-surface text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
  quiet:
    'border-transparent bg-transparent text-ink-2 enabled:hover:bg-hover enabled:hover:text-ink [a&]:hover:bg-hover',
  danger: 'border-line-strong bg-surface text-bad enabled:hover:border-bad enabled:hover:bg-bad-soft',
};

/** For an element that is neither a button nor a page's link, such as a download. */
export const buttonStyle = (kind: Kind = 'secondary') => classNames(shape, kinds[kind]);

type ButtonProps = ComponentProps<'button'> & { kind?: Kind };

export function Button({ kind = 'secondary', className, type = 'button', ...props }: ButtonProps) {
  return <button type={type} className={classNames(shape, kinds[kind], className)} {...props} />;
}

type LinkProps = ComponentProps<typeof Link> & { kind?: Kind };

/** A link that looks like a button: for going somewhere, where a button does something. */
export function ButtonLink({ kind = 'secondary', className, ...props }: LinkProps) {
  return <Link className={classNames(shape, kinds[kind], className)} {...props} />;
}

/** A square button with an icon alone; the label names it for everyone who does not see it. */
export function IconButton({
  label,
  children,
  className,
  ...props
}: ComponentProps<'button'> & { label: string; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classNames(
        'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors hover:bg-hover hover:text-ink disabled:opacity-40',
        className,
      )}
      {...props}
    >
      {children}
    </button>
  );
}
