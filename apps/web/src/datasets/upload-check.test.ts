import { expect, it } from 'vitest';
import { fileProblem, isJsonLines } from './upload-check.ts';

it('refuses before sending what the server would refuse', () => {
  expect(fileProblem('notes.txt', 10)).toBeNull();
  expect(fileProblem('NOTES.MD', 10)).toBeNull();
  expect(fileProblem('texts.zip', 10)).toContain('.txt, .md, .jsonl');
  expect(fileProblem('texts', 10)).toContain('texts is not');
  expect(fileProblem('notes.txt', 0)).toContain('empty');
  expect(fileProblem('notes.txt', 1024 ** 3 + 1)).toContain('1 GiB');
  expect(isJsonLines('a.JSONL')).toBe(true);
});
