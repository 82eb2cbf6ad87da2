'use client';

import { useEffect, useEffectEvent } from 'react';

/** Single-letter shortcuts, silent while someone types, holds a modifier or has a dialog open. */
export function useFeatureKeys(actions: Record<string, () => void>): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if ((event.target as Element).closest?.('input,textarea,select,[contenteditable],[role=dialog],[role=menu]'))
      return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => act(event);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
