import { type ExampleSource, type ExampleWindow, exampleWindows } from './example-windows.ts';

/** The examples of `count` features from `from` on as JSON lines, one an example. Where Neuronpedia has a name for a field, it is
 *  theirs. */
export async function exampleLines(source: ExampleSource, from: number, count: number): Promise<Uint8Array> {
  const lines: string[] = [];
  for await (const { index, windows } of exampleWindows(source, from, count))
    for (const window of windows) lines.push(`${JSON.stringify(lineOf(index, window))}\n`);
  return new TextEncoder().encode(lines.join(''));
}

function lineOf(index: number, window: ExampleWindow) {
  const { band, tokens, values, peakIndex, firstPosition, contextIndex, context } = window;
  return {
    index,
    band,
    tokens,
    values,
    maxValue: Math.max(...values),
    maxValueTokenIndex: peakIndex,
    minValue: Math.min(...values),
    context: contextIndex,
    first_position: firstPosition,
    document: context.documentName,
    document_kind: context.documentKind,
  };
}
