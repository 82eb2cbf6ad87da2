/** A step that takes longer says so this often: nothing is silent for 5 s. */
const PROGRESS_MS = 4000;

/**
 * @typedef {(note: string) => void} Progress what the step is doing now, shown with the elapsed time while it lasts
 *
 * @typedef {object} Terminal
 * @property {(message: string) => void} say
 * @property {<T>(title: string, work: (progress: Progress) => T | Promise<T>) => Promise<T>} step
 */

/** @param {number} ms */
export const seconds = (ms) => `${ms < 10_000 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)} s`;

/** @param {number} bytes */
export const megabytes = (bytes) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

/**
 * Prints one line a step: nothing for one that is done in no time, else its progress and how long it took.
 * @param {(line: string) => void} [write]
 * @returns {Terminal}
 */
export function createTerminal(write = (line) => console.log(line)) {
  return {
    say: write,
    async step(title, work) {
      const began = performance.now();
      let note = '';
      let lines = 0;
      const timer = setInterval(() => {
        lines += 1;
        write(`  ${title} … ${note ? `${note}, ` : ''}${seconds(performance.now() - began)}`);
      }, PROGRESS_MS);
      try {
        const result = await work((text) => {
          note = text;
        });
        const tookMs = performance.now() - began;
        if (lines > 0 || tookMs > 500) write(`✓ ${title} (${seconds(tookMs)})`);
        return result;
      } finally {
        clearInterval(timer);
      }
    },
  };
}
