import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** Results as lines of JSON in a file, so that hours of trials can be cut off and go on. Without a file nothing is kept. */
export class KeptTrials {
  private readonly file: string | undefined;
  private readonly found = new Map<string, unknown>();

  constructor(file: string | undefined) {
    this.file = file;
    if (file === undefined || !existsSync(file)) return;
    // A line without its end was cut off while it was written: its trial is made again.
    for (const line of readFileSync(file, 'utf8').split('\n').slice(0, -1)) {
      const { key, trial } = parsed(line) ?? {};
      if (key !== undefined && trial !== undefined) this.found.set(key, trial);
    }

    function parsed(line: string): { key?: string; trial?: unknown } | null {
      try {
        return JSON.parse(line);
      } catch {
        return null;
      }
    }
  }

  async get<T>(key: string, make: () => Promise<T>): Promise<T> {
    const kept = this.found.get(key);
    if (kept !== undefined) return kept as T;
    const trial = await make();
    if (this.file !== undefined) appendFileSync(this.file, `\n${JSON.stringify({ key, trial })}\n`);
    return trial;
  }
}
