import type { LaneName, LaneToken, SteeringEvent } from '@featurescope/contracts';

/** Shortest time between two writes: each wakes every reader. */
const flushIntervalMs = 200;

/** Collects the tokens of all lanes and tells of them a few at a time. */
export class LaneWriter {
  private readonly lanes = new Map<LaneName, { tokens: LaneToken[]; nWritten: number }>();
  private lastFlushAt = Number.NEGATIVE_INFINITY;
  private readonly write: (events: SteeringEvent[]) => Promise<void>;

  constructor(write: (events: SteeringEvent[]) => Promise<void>) {
    this.write = write;
  }

  tokens(lane: LaneName): LaneToken[] {
    return this.lanes.get(lane)?.tokens ?? [];
  }

  async add(lane: LaneName, token: LaneToken): Promise<void> {
    const written = this.lanes.get(lane) ?? { tokens: [], nWritten: 0 };
    this.lanes.set(lane, written);
    written.tokens.push(token);
    if (performance.now() - this.lastFlushAt >= flushIntervalMs) await this.flush();
  }

  async flush(): Promise<void> {
    const events: SteeringEvent[] = [];
    for (const [lane, written] of this.lanes) {
      const tokens = written.tokens.slice(written.nWritten);
      if (tokens.length > 0) events.push({ type: 'tokens', payload: { lane, start: written.nWritten, tokens } });
      written.nWritten = written.tokens.length;
    }
    await this.write(events);
    this.lastFlushAt = performance.now();
  }
}
