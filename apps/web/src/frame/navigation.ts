import {
  BookOpenText,
  Boxes,
  ChartSpline,
  Database,
  FlaskConical,
  GitCompareArrows,
  LayoutList,
  type LucideIcon,
  SlidersHorizontal,
} from 'lucide-react';

export interface Destination {
  label: string;
  href: string;
  icon: LucideIcon;
  current: (pathname: string) => boolean;
}

const isFeatures = (pathname: string) => /^\/runs\/[^/]+\/features/.test(pathname);

/** The rooms of the product. Features needs a run to be the features of. */
export function destinations(runId: string | undefined): Destination[] {
  return [
    {
      label: 'Runs',
      href: '/',
      icon: ChartSpline,
      current: (path) => path === '/' || (path.startsWith('/runs') && !isFeatures(path)) || path.startsWith('/sweeps'),
    },
    { label: 'Features', href: runId ? `/runs/${runId}/features` : '/', icon: LayoutList, current: isFeatures },
    { label: 'Steering', href: '/steering', icon: SlidersHorizontal, current: (path) => path.startsWith('/steering') },
    { label: 'Compare', href: '/compare', icon: GitCompareArrows, current: (path) => path.startsWith('/compare') },
    { label: 'Lab', href: '/lab', icon: FlaskConical, current: (path) => path.startsWith('/lab') },
    { label: 'Models', href: '/models', icon: Boxes, current: (path) => path.startsWith('/models') },
    { label: 'Data', href: '/data', icon: Database, current: (path) => path.startsWith('/data') },
    { label: 'Glossary', href: '/glossary', icon: BookOpenText, current: (path) => path.startsWith('/glossary') },
  ];
}
