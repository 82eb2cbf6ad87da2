import type { Intervention, ResidualSite } from './intervention.ts';

/** Reads and changes the residual stream of one forward pass at named places. */
export class ResidualHooks {
  readonly captured: Record<string, Float32Array> = {};
  readonly #wanted: ReadonlySet<string>;
  readonly #interventions: readonly Intervention[];
  readonly #site: ResidualSite;

  constructor(wanted: ReadonlySet<string>, interventions: readonly Intervention[], site: ResidualSite) {
    this.#wanted = wanted;
    this.#interventions = interventions;
    this.#site = site;
  }

  /** Passes one residual stream by every name that it has, in order: what leaves a block is what enters the next.
   *  At each name interventions act first, in the order they were given; a capture is what the model goes on with. */
  async visit(names: readonly string[], residual: Float32Array): Promise<void> {
    for (const [place, name] of names.entries()) {
      for (const intervention of this.#interventions) {
        if (intervention.hookName === name) await intervention.apply(residual, this.#site);
      }
      if (this.#wanted.has(name)) {
        const later = names.slice(place + 1);
        this.captured[name] = later.some((other) => this.#touches(other)) ? residual.slice() : residual;
      }
    }
  }

  #touches(name: string): boolean {
    return this.#wanted.has(name) || this.#interventions.some(({ hookName }) => hookName === name);
  }
}
