'use client';

import { ErrorState } from '../ui/States.tsx';

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorState title="This page failed" error={error} retry={reset} />;
}
