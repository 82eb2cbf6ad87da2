/** The colour of a class, or of the n-th of a few features. */
export const classColour = (index: number) => `var(--class-${((index % 8) + 8) % 8})`;
