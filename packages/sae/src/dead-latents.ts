/** Counts, for each latent, the rows seen since it last fired. */
export class DeadLatents {
  /** [nLatents]; float64 holds whole numbers up to 2⁵³. */
  readonly tokensSinceFired: Float64Array;
  private readonly deadAfterTokens: number;

  constructor(tokensSinceFired: Float64Array, deadAfterTokens: number) {
    this.tokensSinceFired = tokensSinceFired.slice();
    this.deadAfterTokens = deadAfterTokens;
  }

  /** fired: [nLatents], nonzero where the latent fired within these rows. */
  update(fired: Uint8Array, nRows: number): void {
    for (let i = 0; i < fired.length; i++) this.tokensSinceFired[i] = fired[i] ? 0 : this.tokensSinceFired[i] + nRows;
  }

  /** Ascending indices of the latents silent for `deadAfterTokens` rows or more. */
  indices(): Int32Array {
    const dead: number[] = [];
    this.tokensSinceFired.forEach((tokens, i) => {
      if (tokens >= this.deadAfterTokens) dead.push(i);
    });
    return Int32Array.from(dead);
  }

  /** At most n of the dead, the longest silent first and of equals the lower index; ascending. */
  longestSilent(n: number): Int32Array {
    const silence = this.tokensSinceFired;
    return this.indices()
      .sort((a, b) => silence[b] - silence[a] || a - b)
      .slice(0, n)
      .sort();
  }

  /** Latents that were given new weights start afresh. */
  revive(latents: Int32Array): void {
    for (const latent of latents) this.tokensSinceFired[latent] = 0;
  }
}
