import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { Page } from '../../ui/Page.tsx';
import { labPages } from '../lab-pages.ts';
import { LabPicture } from './LabPicture.tsx';

/** The classic experiments, one card each. */
export function LabIndexPage() {
  return (
    <Page
      title="Lab"
      description="The classic experiments, trained live in your own browser: nothing is sent and nothing waits in a queue. Move a slider and see why sparse autoencoders work, and where they do not."
    >
      <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {labPages.map(({ href, name, summary, look }) => (
          <li key={href}>
            <Link
              href={href}
              className="group flex h-full flex-col rounded-lg border border-line bg-surface p-4 transition-colors hover:border-accent"
            >
              <LabPicture href={href} />
              <h2 className="mt-3 flex items-center gap-1.5 text-base font-semibold">
                {name}
                <ArrowRight
                  size={15}
                  className="text-ink-3 transition-transform group-hover:translate-x-0.5"
                  aria-hidden
                />
              </h2>
              <p className="mt-1">{summary}</p>
              <p className="mt-1 text-ink-2">{look}</p>
            </Link>
          </li>
        ))}
      </ul>
    </Page>
  );
}
