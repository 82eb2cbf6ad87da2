'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useState } from 'react';
import { readSettings, type SettingFields, type SettingsOf, writeSettings } from './lab-settings.ts';

/** Browsers refuse more than some hundred changes of the address in half a minute: a moving slider writes only when it rests. */
const WRITE_AFTER_MS = 250;

/** A page's settings, taken from its address and written back to it. */
export function useLabSettings<const F extends SettingFields>(
  fields: F,
): [SettingsOf<F>, (change: Partial<SettingsOf<F>>) => void, () => void] {
  const query = useSearchParams();
  const pathname = usePathname();
  const [settings, setSettings] = useState(() => readSettings(fields, new URLSearchParams(query.toString())));
  useEffect(() => {
    const timer = setTimeout(() => {
      window.history.replaceState(
        null,
        '',
        `${pathname}?${writeSettings(settings as Record<string, number | string>)}`,
      );
    }, WRITE_AFTER_MS);
    // A write would call back the page that a click has just asked for.
    const leave = (event: MouseEvent) => {
      const isLink = event.target instanceof Element && event.target.closest('a') !== null;
      if (isLink && !event.ctrlKey && !event.metaKey && !event.shiftKey) clearTimeout(timer);
    };
    document.addEventListener('click', leave, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('click', leave, true);
    };
  }, [settings, pathname]);
  const change = useCallback((changes: Partial<SettingsOf<F>>) => {
    setSettings((known) => ({ ...known, ...changes }));
  }, []);
  const reset = useCallback(() => setSettings(readSettings(fields, new URLSearchParams())), [fields]);
  return [settings, change, reset];
}
