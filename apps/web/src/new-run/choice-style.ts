/** A radio button or checkbox with its explanation, the whole of which can be clicked. */
export const choiceStyle =
  'flex cursor-pointer items-start gap-2 rounded-md border border-line px-3 py-2 hover:bg-hover has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent';
