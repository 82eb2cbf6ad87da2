export const PHASE_COLUMNS = 20;
export const PHASE_ROWS = 14;
/** Density 1 − S, from 1 on the left to .01 on the right. */
export const densityOf = (column: number) => 10 ** ((-2 * column) / (PHASE_COLUMNS - 1));
/** Importance of the second feature over the first's, from 10 at the top to .1. */
export const importanceOf = (row: number) => 10 ** (1 - (2 * row) / (PHASE_ROWS - 1));
