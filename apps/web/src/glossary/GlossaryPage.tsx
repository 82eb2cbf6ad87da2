import { definitions } from '../ui/definitions.ts';
import { Page } from '../ui/Page.tsx';
import type { Definition } from '../ui/terms/definition.ts';

const entries: [string, Definition][] = Object.entries(definitions as Record<string, Definition>).sort(([, a], [, b]) =>
  a.term.localeCompare(b.term, 'en', { sensitivity: 'base' }),
);

/** Every term that has a tooltip somewhere, in one place. */
export function GlossaryPage() {
  return (
    <Page title="Glossary" description="What the words and numbers on these pages mean." wide={false}>
      <dl className="rounded-lg border border-line bg-surface">
        {entries.map(([name, { term, meaning, more }]) => (
          <div
            key={name}
            id={name}
            className="grid scroll-mt-16 gap-x-6 gap-y-1 border-line px-4 py-3 target:bg-accent-soft not-last:border-b sm:grid-cols-[13rem_minmax(0,1fr)]"
          >
            <dt className="font-medium">{term}</dt>
            <dd>
              {meaning}
              {more && <p className="mt-1 text-ink-2">{more}</p>}
            </dd>
          </div>
        ))}
      </dl>
    </Page>
  );
}
