import type { TruthRow } from '@featurescope/contracts';

export interface HeatCell {
  row: number;
  column: number;
  cosine: number;
}

export interface HeatMap {
  /** Truths as they stand from above to below. */
  truths: number[];
  /** Latents from left to right: each truth's own first, in the truths' order, then the others by index. */
  latents: number[];
  cells: HeatCell[];
}

/** Rows sorted by how well they are found, columns by what they are matched with: what was found whole is a diagonal.
 *  Holds the cosines that were kept: all of a small run, else each truth's nearest latents. At most maxLatents columns, since
 *  more would be narrower than a pixel; of the unmatched, the latents nearest to any truth stay. */
export function heatMapOf(truths: TruthRow[], maxLatents: number): HeatMap {
  const matched = truths.flatMap(({ latent }) => (latent === null ? [] : [latent]));
  const isMatched = new Set(matched);
  const strongest = new Map<number, number>();
  for (const { latents, cosines } of truths)
    latents.forEach((latent, i) => {
      if (!isMatched.has(latent)) strongest.set(latent, Math.max(strongest.get(latent) ?? 0, Math.abs(cosines[i])));
    });
  const others = [...strongest]
    .sort(([, a], [, b]) => b - a)
    .slice(0, Math.max(0, maxLatents - matched.length))
    .map(([latent]) => latent)
    .sort((a, b) => a - b);
  const latents = [...matched, ...others];
  const columnOf = new Map(latents.map((latent, column) => [latent, column]));
  const cells = truths.flatMap((truth, row) =>
    truth.latents.flatMap((latent, i) => {
      const column = columnOf.get(latent);
      return column === undefined ? [] : [{ row, column, cosine: truth.cosines[i] }];
    }),
  );
  return { truths: truths.map(({ index }) => index), latents, cells };
}
