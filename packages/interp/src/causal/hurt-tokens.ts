import type { ContextReading } from './context-reading.ts';

/** A token that the model predicts worse once a feature is off. */
export interface HurtToken {
  contextIndex: number;
  /** Of the token that is predicted; the prediction is made one position before. */
  position: number;
  /** Nats. */
  change: number;
  /** −ln p before and after. */
  ceClean: number;
  ceClamped: number;
  /** [position, a] wherever the feature fires in the context. */
  firing: [number, number][];
}

/** Keeps the few tokens that lose most. Ties keep the earlier one. */
export class HurtTokens {
  private readonly worst: HurtToken[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** changes: [length], of the prediction made at each position. activations: [places.length]. */
  add(
    { contextIndex, crossEntropy, places }: Pick<ContextReading, 'contextIndex' | 'crossEntropy' | 'places'>,
    activations: Float32Array,
    changes: Float32Array,
  ): void {
    let firing: HurtToken['firing'] | undefined;
    changes.forEach((change, at) => {
      const last = this.worst[this.worst.length - 1];
      if (!(change > 0) || (this.worst.length === this.limit && change <= last.change)) return;
      const ceClean = crossEntropy[at];
      firing ??= Array.from(places, (place, j): [number, number] => [place, activations[j]]).filter(([, a]) => a !== 0);
      const token = { contextIndex, position: at + 1, change, ceClean, ceClamped: ceClean + change, firing };
      const place = this.worst.findIndex((other) => other.change < change);
      this.worst.splice(place === -1 ? this.worst.length : place, 0, token);
      this.worst.length = Math.min(this.worst.length, this.limit);
    });
  }

  list(): HurtToken[] {
    return [...this.worst];
  }
}
