'use client';

import type { ReactNode } from 'react';
import { useLiveConnection } from '../api/use-live.ts';
import { Breadcrumbs } from './Breadcrumbs.tsx';
import { ConnectionBar } from './ConnectionBar.tsx';
import { PhoneMenu } from './PhoneMenu.tsx';
import { Rail } from './Rail.tsx';
import { Search } from './Search.tsx';
import { StatusFooter } from './StatusFooter.tsx';
import { ThemeMenu } from './ThemeMenu.tsx';

/** What stands around every page. */
export function Frame({ children }: { children: ReactNode }) {
  useLiveConnection();
  return (
    <div className="flex min-h-dvh">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:border focus:border-line focus:bg-surface focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <Rail />
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="sticky top-0 z-30 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-surface px-4 md:px-5">
          <PhoneMenu />
          <Breadcrumbs />
          <Search />
          <ThemeMenu />
        </header>
        <main id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
          {children}
        </main>
        <ConnectionBar />
        <StatusFooter />
      </div>
    </div>
  );
}
