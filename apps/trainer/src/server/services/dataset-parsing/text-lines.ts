import { maxDatasetBytes, maxDatasetLineBytes } from '@featurescope/contracts';
import { AppError } from '../../../app-error.ts';
import { magicBytes, refuseForeignFormats } from './archive-magic.ts';
import { datasetError } from './dataset-error.ts';

export interface TextLine {
  /** From 1. */
  number: number;
  /** Without its line end. */
  text: string;
}

export interface LineLimits {
  maxBytes: number;
  maxLineBytes: number;
}

const newline = 10;

/** The lines of a stream that claims to be UTF-8 text; holds one line at a time. Throws dataset_invalid, naming the line, for
 *  bytes that are not UTF-8, NUL characters, lines that are too long and archives; payload_too_large beyond the file limit. */
export async function* readTextLines(
  stream: AsyncIterable<Buffer>,
  limits: LineLimits = { maxBytes: maxDatasetBytes, maxLineBytes: maxDatasetLineBytes },
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Buffer[] = [];
  let lineBytes = 0;
  let number = 1;
  const finishLine = (): TextLine => {
    const bytes = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    parts = [];
    lineBytes = 0;
    return { number, text: decodeLine(decoder, bytes, number++) };
  };
  for await (const chunk of checkedStart(stream, limits.maxBytes)) {
    let start = 0;
    while (start < chunk.length) {
      const end = chunk.indexOf(newline, start);
      const part = chunk.subarray(start, end < 0 ? undefined : end);
      lineBytes += part.length;
      if (lineBytes > limits.maxLineBytes)
        throw datasetError(`longer than ${limits.maxLineBytes} bytes. Split the document into several.`, number);
      parts.push(part);
      if (end < 0) break;
      yield finishLine();
      start = end + 1;
    }
  }
  if (lineBytes > 0) yield finishLine();
}

function decodeLine(decoder: TextDecoder, bytes: Buffer, number: number): string {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    throw datasetError('not valid UTF-8. Save the file as UTF-8 and upload it again.', number);
  }
  if (text.includes('\u0000')) throw datasetError('contains a NUL character. Remove it; is this a text file?', number);
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** Counts bytes and looks at the first ones before anything else does. */
async function* checkedStart(stream: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let sizeBytes = 0;
  let first: Buffer | null = Buffer.alloc(0);
  for await (const chunk of stream) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes)
      throw new AppError('payload_too_large', `The file exceeds ${maxBytes} bytes. Upload it in several parts.`, {
        field: 'file',
      });
    if (first === null) {
      yield chunk;
      continue;
    }
    first = Buffer.concat([first, chunk]);
    if (first.length < magicBytes) continue;
    refuseForeignFormats(first);
    yield first;
    first = null;
  }
  if (first !== null) {
    refuseForeignFormats(first);
    yield first;
  }
}
