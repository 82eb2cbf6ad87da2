'use client';

import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';

export type Rgb = [number, number, number];

/** Colours of the theme as numbers, for what is drawn on a canvas; null until the page is there. */
export function useThemeColours<const N extends string>(names: readonly N[]): Record<N, Rgb> | null {
  const { resolvedTheme } = useTheme();
  const [colours, setColours] = useState<Record<N, Rgb> | null>(null);
  const key = names.join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes what the variables say
  useEffect(() => {
    // The class on <html> is set by an effect of the theme's provider, which runs after this one.
    const frame = requestAnimationFrame(() => {
      const style = getComputedStyle(document.documentElement);
      const entries = key.split(' ').map((name) => [name, parseHex(style.getPropertyValue(`--${name}`))]);
      setColours(Object.fromEntries(entries));
    });
    return () => cancelAnimationFrame(frame);
  }, [key, resolvedTheme]);
  return colours;
}

/** "#4f46e5" → [79, 70, 229]; black for anything else. */
export function parseHex(text: string): Rgb {
  const digits = text.trim().replace('#', '');
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const value = Number.parseInt(full, 16);
  return /^[\da-f]{6}$/i.test(full) ? [value >> 16, (value >> 8) & 255, value & 255] : [0, 0, 0];
}
