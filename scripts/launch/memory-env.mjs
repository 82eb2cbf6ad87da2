/**
 * What keeps the memory of a process that computes small, and its collector out of the way.
 *
 * MALLOC_MMAP_THRESHOLD_: glibc keeps freed memory in its heap, and after the first large block also blocks of 20 MB, as large as a
 * dictionary's gradient: in pieces that the next step cannot use. From this size on they go back to the system. Costs no time that could
 * be measured. Other libraries ignore it.
 *
 * --max-semi-space-size, in MB: half the usual. A training step leaves some MB of typed arrays behind; the smaller V8's young generation
 * is, the sooner they are freed with it, before they call for a collection of everything, whose threads take the cores from the step.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ MALLOC_MMAP_THRESHOLD_: string, NODE_OPTIONS: string }}
 */
export function memoryEnv({ NODE_OPTIONS = '', MALLOC_MMAP_THRESHOLD_ = String(16 * 1024 * 1024) }) {
  const options = /--max-semi-space-size/.test(NODE_OPTIONS) ? NODE_OPTIONS : `${NODE_OPTIONS} --max-semi-space-size=8`;
  return { MALLOC_MMAP_THRESHOLD_, NODE_OPTIONS: options.trim() };
}
