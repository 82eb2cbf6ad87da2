import type { DictionaryChoice } from '@featurescope/contracts';

/** "<run>" or "<run>@<step>", as an address holds a dictionary. Null for anything else. */
export function choiceOf(text: string | null): DictionaryChoice | null {
  const match = /^([0-9a-f-]{36})(?:@(\d{1,12}))?$/.exec(text ?? '');
  if (!match) return null;
  return match[2] === undefined ? { runId: match[1] } : { runId: match[1], step: Number(match[2]) };
}

export function textOf(choice: DictionaryChoice | null): string | null {
  if (choice === null) return null;
  return choice.step === undefined ? choice.runId : `${choice.runId}@${choice.step}`;
}
