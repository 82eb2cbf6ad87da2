'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { retryConnection, useConnectionState } from '../api/use-live.ts';

const patienceMs = 2_000;

/** A quiet bar once the live connection has been gone for a moment. Nothing else on the page changes meanwhile; when it
 *  is back, what was missed has been replayed and what is shown is read again. */
export function ConnectionBar() {
  const state = useConnectionState();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (state !== 'lost') {
      if (shown) void client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'metrics' });
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [state, shown, client]);
  return (
    <div aria-live="polite" className="sticky bottom-0 z-20 md:bottom-7">
      {shown && (
        <p className="flex min-h-8 flex-wrap items-center justify-center gap-x-3 border-t border-line bg-warn-soft px-4 py-1 text-xs">
          Connection lost. What you see may be out of date; trying again by itself.
          <button type="button" className="font-medium underline underline-offset-2" onClick={retryConnection}>
            Try now
          </button>
        </p>
      )}
    </div>
  );
}
