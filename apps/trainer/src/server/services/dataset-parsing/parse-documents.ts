import type { Dataset } from '@featurescope/contracts';
import type { StoredDocument } from '@featurescope/store';
import { depthExceeds } from '../../json-body.ts';
import { datasetError } from './dataset-error.ts';
import type { TextLine } from './text-lines.ts';

/** Longest document that plain text is cut into, in characters. */
export const maxDocumentLength = 8000;
const maxNameLength = 200;
const maxKindLength = 100;
const maxJsonDepth = 32;

export interface ParseOptions {
  format: Dataset['format'];
  /** Shown in the documents' names. */
  fileName: string;
  /** jsonl: the field that holds the text. */
  field: string;
}

/** The documents in the lines of a file. Throws dataset_invalid naming the line. */
export function parseDocuments(lines: AsyncIterable<TextLine>, options: ParseOptions): AsyncGenerator<StoredDocument> {
  return options.format === 'jsonl' ? parseJsonLines(lines, options) : parsePlainText(lines, options);
}

/** One object a line; empty lines and empty texts are passed over. */
async function* parseJsonLines(
  lines: AsyncIterable<TextLine>,
  { field, fileName }: ParseOptions,
): AsyncGenerator<StoredDocument> {
  for await (const { number, text: line } of lines) {
    if (line.trim() === '') continue;
    const record = parseRecord(line, number);
    const text = record[field];
    if (typeof text !== 'string') {
      const found = text === undefined ? `has no field "${field}"` : `holds ${typeof text}, not text, in "${field}"`;
      const fields = Object.keys(record).slice(0, 8).join(', ');
      throw datasetError(`the object ${found}; its fields are: ${fields || 'none'}. Name the right field.`, number);
    }
    if (text.includes('\u0000'))
      throw datasetError(`"${field}" contains a NUL character (\\u0000). Remove it.`, number);
    if (text.trim() === '') continue;
    yield {
      text,
      name: shortText(record.name, maxNameLength) ?? `${fileName} · line ${number}`,
      kind: shortText(record.kind, maxKindLength) ?? 'text',
    };
  }
}

function parseRecord(line: string, number: number): Record<string, unknown> {
  if (depthExceeds(line, maxJsonDepth)) throw datasetError(`nests deeper than ${maxJsonDepth} levels.`, number);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw datasetError(`not valid JSON (${(error as Error).message}). Each line must be one JSON object.`, number);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw datasetError('not a JSON object. Each line must be one, for example {"text": "…"}.', number);
  return value as Record<string, unknown>;
}

function shortText(value: unknown, maxLength: number): string | undefined {
  return typeof value === 'string' && value !== '' && !value.includes('\u0000') ? value.slice(0, maxLength) : undefined;
}

/** Packs paragraphs, which blank lines part, into documents of at most maxDocumentLength characters. */
async function* parsePlainText(
  lines: AsyncIterable<TextLine>,
  { fileName, format }: ParseOptions,
): AsyncGenerator<StoredDocument> {
  const kind = format === 'md' ? 'markdown' : 'text';
  let part = 0;
  for await (const text of packParagraphs(lines)) yield { text, name: `${fileName} · part ${++part}`, kind };
}

async function* packParagraphs(lines: AsyncIterable<TextLine>): AsyncGenerator<string> {
  let document = '';
  for await (const paragraph of splitParagraphs(lines)) {
    const joined = document === '' ? paragraph : `${document}\n\n${paragraph}`;
    if (joined.length <= maxDocumentLength) {
      document = joined;
      continue;
    }
    if (document !== '') yield document;
    document = paragraph;
  }
  if (document !== '') yield document;
}

/** Paragraphs, those that are longer than a document cut at a line or a space. Holds one document's length and one line. */
async function* splitParagraphs(lines: AsyncIterable<TextLine>): AsyncGenerator<string> {
  let paragraph = '';
  for await (const { text } of lines) {
    const isBlank = text.trim() === '';
    if (!isBlank) paragraph = paragraph === '' ? text : `${paragraph}\n${text}`;
    while (paragraph.length > maxDocumentLength) {
      const cut = cutPosition(paragraph);
      yield paragraph.slice(0, cut);
      paragraph = paragraph.slice(cut).replace(/^\n/, '');
    }
    if (isBlank && paragraph !== '') {
      yield paragraph;
      paragraph = '';
    }
  }
  if (paragraph !== '') yield paragraph;
}

/** The last line end, else the last space, in the second half of what fits; never inside a surrogate pair. */
function cutPosition(text: string): number {
  const fits = text.slice(0, maxDocumentLength);
  for (const separator of ['\n', ' ']) {
    const position = fits.lastIndexOf(separator);
    if (position > maxDocumentLength / 2) return position;
  }
  const last = text.charCodeAt(maxDocumentLength - 1);
  return last >= 0xd800 && last <= 0xdbff ? maxDocumentLength - 1 : maxDocumentLength;
}
