'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { TooltipProvider } from '../ui/Tooltip.tsx';

/** Asks again what may heal by itself: no answer, or a failure of the server. A refusal stays a refusal. */
const mayHeal = (error: unknown) => !(error instanceof ApiError) || error.status === 0 || error.status >= 500;

const createClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { staleTime: 5_000, retry: (failures, error) => failures < 2 && mayHeal(error) },
      mutations: { retry: false },
    },
  });

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createClient);
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <QueryClientProvider client={client}>
        <TooltipProvider>{children}</TooltipProvider>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
