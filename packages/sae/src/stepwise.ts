/** How far work is that is done step by step. */
export interface StepProgress {
  done: number;
  total: number;
}

/** Work in steps of some milliseconds: yields between them, where whoever waits can do other things, or give up. */
export type Stepwise<Result> = Generator<StepProgress, Result, void>;

/** Takes all steps at once. */
export function atOnce<Result>(work: Stepwise<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Takes one step after another and awaits `between` after each, which ends the work by throwing. */
export async function stepByStep<Result>(
  work: Stepwise<Result>,
  between: (progress: StepProgress) => Promise<void>,
): Promise<Result> {
  try {
    for (;;) {
      const step = work.next();
      if (step.done) return step.value;
      await between(step.value);
    }
  } finally {
    // Lets go of tensors where the work did not come to its end.
    work.return(undefined as never);
  }
}
