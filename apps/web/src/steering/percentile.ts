/** The activation below which a share of all firing tokens lies, from their histogram (linear inside a bin).
 *  0 when it never fired. */
export function percentile({ edges, counts }: { edges: number[]; counts: number[] }, share: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (count > 0 && below + count >= share * total)
      return edges[i] + ((share * total - below) / count) * (edges[i + 1] - edges[i]);
    below += count;
  }
  return 0;
}
