/** The columns that the header and every row of the wide table share. */
const gridColumns =
  'grid grid-cols-[3.25rem_minmax(11rem,21%)_3.5rem_minmax(0,1fr)_7rem_3.5rem_minmax(7rem,13%)] gap-x-4 px-4 md:px-6';

/** The same for a run on synthetic data, which has no labels to score and no output tokens. */
const syntheticGridColumns =
  'grid grid-cols-[3.25rem_minmax(11rem,21%)_minmax(0,1fr)_7rem_3.5rem] gap-x-4 px-4 md:px-6';

export const gridColumnsOf = ({ source }: { source: 'model' | 'synthetic' }) =>
  source === 'synthetic' ? syntheticGridColumns : gridColumns;
