'use client';

import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type RowData,
  useReactTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { classNames } from './class-names.ts';
import type { TermName } from './definitions.ts';
import { definitionOf } from './definitions.ts';
import { Tooltip } from './Tooltip.tsx';

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData extends RowData, TValue> {
    align?: 'right';
    term?: TermName;
    /** Left out on narrow screens. */
    wideOnly?: boolean;
  }
}

/** A table with sticky headers and sorting by column, for lists that fit a page. A row with a link opens on click;
 *  the link itself, in one of its cells, is what keyboards and new tabs use. */
export function DataTable<T>({
  label,
  data,
  columns,
  rowId,
  rowHref,
}: {
  label: string;
  data: T[];
  columns: ColumnDef<T>[];
  rowId: (row: T) => string;
  rowHref?: (row: T) => string;
}) {
  const router = useRouter();
  const table = useReactTable({
    data,
    columns,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    enableSortingRemoval: true,
  });
  return (
    <div className="overflow-x-auto rounded-lg border border-line bg-surface">
      <table className="w-full border-collapse text-sm" aria-label={label}>
        <thead className="sticky top-0 bg-surface">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const { align, term, wideOnly } = header.column.columnDef.meta ?? {};
                const sorted = header.column.getIsSorted();
                const content = flexRender(header.column.columnDef.header, header.getContext());
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined}
                    className={classNames(
                      'h-9 border-b border-line px-3 text-xs font-medium whitespace-nowrap text-ink-2',
                      align === 'right' ? 'text-right' : 'text-left',
                      wideOnly && 'max-lg:hidden',
                    )}
                  >
                    {header.column.getCanSort() ? (
                      <SortButton term={term} sorted={sorted} onClick={header.column.getToggleSortingHandler()}>
                        {content}
                      </SortButton>
                    ) : (
                      content
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => {
            const href = rowHref?.(row.original);
            return (
              <tr
                key={row.id}
                className={classNames('border-line not-last:border-b', href && 'cursor-pointer hover:bg-hover')}
                onClick={(event) => {
                  const onControl = (event.target as Element).closest('a,button,input,[role=menuitem],[role=dialog]');
                  if (href && !onControl && window.getSelection()?.isCollapsed !== false) router.push(href);
                }}
              >
                {row.getVisibleCells().map((cell) => {
                  const { align, wideOnly } = cell.column.columnDef.meta ?? {};
                  return (
                    <td
                      key={cell.id}
                      className={classNames(
                        'h-10 px-3 py-1',
                        align === 'right' && 'text-right whitespace-nowrap',
                        wideOnly && 'max-lg:hidden',
                      )}
                    >
                      {flexRender(cell.column.columnDef.cell, cell.getContext())}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** A column's name that sorts; where the column shows a defined quantity, the definition is its tooltip. */
export function SortButton({
  term,
  sorted,
  onClick,
  children,
}: {
  term?: TermName;
  sorted: false | 'asc' | 'desc';
  onClick: ((event: unknown) => void) | undefined;
  children: React.ReactNode;
}) {
  const button = (
    <button type="button" onClick={onClick} className="inline-flex items-center gap-1 hover:text-ink">
      <span className={term && 'term'}>{children}</span>
      {sorted === 'asc' && <ArrowUp size={12} aria-hidden />}
      {sorted === 'desc' && <ArrowDown size={12} aria-hidden />}
    </button>
  );
  return term ? <Tooltip content={definitionOf(term).meaning}>{button}</Tooltip> : button;
}
