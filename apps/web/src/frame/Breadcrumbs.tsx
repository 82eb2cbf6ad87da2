'use client';

import type { Run } from '@featurescope/contracts';
import { useQuery } from '@tanstack/react-query';
import { ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { DropdownMenu } from 'radix-ui';
import { runsQuery, steeringListQuery } from '../api/queries.ts';
import { menuItemStyle, menuStyle } from '../ui/menu-style.ts';

interface Choice {
  key: string;
  label: string;
  href: string;
}
interface Crumb {
  label: string;
  href?: string;
  /** Others of its kind to switch to. */
  choices?: Choice[];
}

/** Where this page stands. A crumb that names one of several switches to the others and keeps the rest of the path. */
export function Breadcrumbs() {
  const pathname = usePathname();
  const { data: runs = [] } = useQuery(runsQuery);
  const crumbs = pathname.startsWith('/steering/') ? null : crumbsOf(pathname, runs);
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1 text-sm">
        {crumbs ? (
          crumbs.map((crumb, i) => <CrumbItem key={crumb.label} crumb={crumb} last={i === crumbs.length - 1} />)
        ) : (
          <SteeringCrumbs id={pathname.split('/')[2]} />
        )}
      </ol>
    </nav>
  );
}

function SteeringCrumbs({ id }: { id: string }) {
  const { data: experiments = [] } = useQuery(steeringListQuery);
  const choices = experiments.slice(0, 30).map((experiment) => ({
    key: experiment.id,
    label: experiment.name ?? experiment.request.prompt.slice(0, 40),
    href: `/steering/${experiment.id}`,
  }));
  const label = choices.find((choice) => choice.key === id)?.label ?? 'Experiment';
  return (
    <>
      <CrumbItem crumb={{ label: 'Steering', href: '/steering' }} last={false} />
      <CrumbItem crumb={{ label, choices }} last />
    </>
  );
}

function CrumbItem({ crumb, last }: { crumb: Crumb; last: boolean }) {
  return (
    <li className="flex min-w-0 items-center gap-1 not-last:shrink max-sm:not-last:hidden">
      {crumb.href && !last ? (
        <Link href={crumb.href} className="truncate rounded px-1 text-ink-2 hover:text-ink">
          {crumb.label}
        </Link>
      ) : (
        <span className="truncate px-1 font-medium" aria-current={last ? 'page' : undefined}>
          {crumb.label}
        </span>
      )}
      {crumb.choices && crumb.choices.length > 1 && <Switcher label={crumb.label} choices={crumb.choices} />}
      {!last && <span className="text-line-strong">/</span>}
    </li>
  );
}

function Switcher({ label, choices }: { label: string; choices: Choice[] }) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger
        aria-label={`Switch from ${label}`}
        className="inline-flex size-6 shrink-0 items-center justify-center rounded text-ink-3 hover:bg-hover hover:text-ink"
      >
        <ChevronsUpDown size={14} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="start" sideOffset={4} className={menuStyle}>
          {choices.map((choice) => (
            <DropdownMenu.Item key={choice.key} asChild className={menuItemStyle}>
              <Link href={choice.href}>
                <span className="truncate">{choice.label}</span>
              </Link>
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const sectionNames: Record<string, string> = {
  features: 'Features',
  activations: 'Try a text',
  evaluation: 'Evaluation',
  'ground-truth': 'Ground truth',
  events: 'Events',
  health: 'Health',
  neurons: 'Neurons',
  compare: 'Compare',
  configuration: 'Configuration',
  models: 'Models',
  data: 'Data',
  glossary: 'Glossary',
  steering: 'Steering',
  lab: 'Lab',
};

function crumbsOf(pathname: string, runs: Run[]): Crumb[] {
  const [first, runId, section, index] = pathname.split('/').slice(1);
  if (!first) return [{ label: 'Runs' }];
  if (first === 'sweeps') return [{ label: 'Runs', href: '/' }, { label: 'Sweep' }];
  if (first === 'compare' && runId)
    return [{ label: 'Compare', href: '/compare' }, { label: runId === 'ladder' ? 'Ladder of sizes' : 'Two runs' }];
  if (first === 'lab' && runId)
    return [{ label: 'Lab', href: '/lab' }, { label: runId[0].toUpperCase() + runId.slice(1) }];
  if (first !== 'runs') return [{ label: sectionNames[first] ?? 'Not found' }];
  const crumbs: Crumb[] = [{ label: 'Runs', href: '/' }];
  if (runId === 'new') return [...crumbs, { label: 'New run' }];
  if (runId === 'import') return [...crumbs, { label: 'Import an SAE' }];
  const choices = runs.map((run) => ({
    key: run.id,
    label: run.name,
    href: `/runs/${run.id}${section ? `/${section}` : ''}`,
  }));
  crumbs.push({ label: runs.find((run) => run.id === runId)?.name ?? 'Run', href: `/runs/${runId}`, choices });
  if (section) crumbs.push({ label: sectionNames[section] ?? section, href: `/runs/${runId}/${section}` });
  if (index && section === 'features') crumbs.push({ label: `Feature ${index}` });
  if (index && section === 'health') crumbs.push({ label: 'Absorption' });
  if (index && section === 'neurons') crumbs[crumbs.length - 1] = { label: `Neuron ${index}` };
  return crumbs;
}
