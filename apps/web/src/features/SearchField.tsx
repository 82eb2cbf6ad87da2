'use client';

import { Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/Button.tsx';
import { inputStyle } from '../ui/Field.tsx';
import { useDebounced } from '../ui/use-debounced.ts';

/** The search box. What is typed reaches the address once the typing rests. "/" focuses it. */
export function SearchField({ value, onChange }: { value: string; onChange: (q: string) => void }) {
  const [text, setText] = useState(value);
  const settled = useDebounced(text, 250);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    onChange(settled);
  }, [settled, onChange]);
  // The address changed from elsewhere: Back, or a "clear" button.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const typing = (event.target as Element).closest('input,textarea,select,[contenteditable]');
      if (event.key !== '/' || typing) return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <search className="relative w-full min-w-0 sm:w-80">
      <Search size={14} className="pointer-events-none absolute top-[9px] left-2.5 text-ink-3" aria-hidden />
      <input
        ref={input}
        type="text"
        aria-label="Search features"
        placeholder="Label, token, or /regex/"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={`${inputStyle} px-8`}
      />
      {text !== '' && (
        <IconButton label="Clear the search" className="absolute top-0 right-0" onClick={() => setText('')}>
          <X size={14} aria-hidden />
        </IconButton>
      )}
    </search>
  );
}
