export const menuStyle =
  'z-50 max-h-[60vh] max-w-80 min-w-40 overflow-auto rounded-lg border border-line bg-surface p-1 text-sm shadow-pop';

export const menuItemStyle =
  'flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-ink outline-none select-none data-disabled:cursor-default data-disabled:opacity-50 data-highlighted:bg-hover';
