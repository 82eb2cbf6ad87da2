'use client';

import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../ui/Button.tsx';
import { formatNumber } from '../ui/format.ts';

/** "1 to 25 of 340", and the pages before and after. Nothing where all fits. */
export function Pager({
  offset,
  limit,
  total,
  onChange,
}: {
  offset: number;
  limit: number;
  total: number;
  onChange: (offset: number) => void;
}) {
  if (total <= limit) return null;
  return (
    <div className="flex items-center justify-end gap-1 border-t border-line px-4 py-1 text-xs text-ink-3">
      <span className="numeric mr-2">
        {formatNumber(offset + 1)} to {formatNumber(Math.min(total, offset + limit))} of {formatNumber(total)}
      </span>
      <IconButton label="Previous page" disabled={offset === 0} onClick={() => onChange(Math.max(0, offset - limit))}>
        <ChevronLeft size={16} aria-hidden />
      </IconButton>
      <IconButton label="Next page" disabled={offset + limit >= total} onClick={() => onChange(offset + limit)}>
        <ChevronRight size={16} aria-hidden />
      </IconButton>
    </div>
  );
}
