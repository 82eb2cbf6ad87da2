import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

const directory = fileURLToPath(new URL('../models/featurescope-tiny/dataset', import.meta.url));

/** The first documents of the bundled dataset, at least `characters` of text, as a .jsonl file whose text field is "body". */
export function sampleJsonl(characters: number): Buffer {
  const lines: string[] = [];
  let total = 0;
  const parts = readdirSync(directory).filter((file) => file.endsWith('.jsonl.gz'));
  for (const part of parts.sort()) {
    for (const line of gunzipSync(readFileSync(path.join(directory, part)))
      .toString('utf8')
      .split('\n')) {
      if (!line) continue;
      if (total >= characters) return Buffer.from(`${lines.join('\n')}\n`);
      const { text, name, kind } = JSON.parse(line);
      lines.push(JSON.stringify({ body: text, name, kind }));
      total += text.length;
    }
  }
  return Buffer.from(`${lines.join('\n')}\n`);
}
