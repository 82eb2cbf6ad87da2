/**
 * glibc keeps freed memory in its heap, and after the first large block also blocks of 20 MB, as large as a dictionary's gradient:
 * in pieces that the next step cannot use. From this size on they go back to the system. Costs no time that could be measured.
 * Other libraries ignore it.
 */
export const allocatorEnv = { MALLOC_MMAP_THRESHOLD_: String(16 * 1024 * 1024) };
