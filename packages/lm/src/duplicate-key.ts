/** The first key of a JSON object that is there twice: the parser keeps the last one and says nothing. text: valid JSON. */
export function duplicateKey(text: string): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [part, name] of text.matchAll(TEXTS_AND_BRACKETS)) {
    if (part === '{' || part === '[') depth++;
    else if (part === '}' || part === ']') depth--;
    else if (name !== undefined && depth === 1) {
      const key = JSON.parse(name) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}

/** A text before a colon is a name. */
const TEXTS_AND_BRACKETS = /("(?:[^"\\]|\\.)*")(?=\s*:)|"(?:[^"\\]|\\.)*"|[[\]{}]/gs;
