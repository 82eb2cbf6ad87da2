import type { StoredEvent } from '@featurescope/contracts';

/** Metric points that one batch holds at most; the curves themselves are read over HTTP. */
const maxMetrics = 200;

/** Leaves out what a later event of the batch makes superfluous: all progress but the last, and metrics beyond an even
 *  selection of 200 with the last among them. Everything else stays, in order. */
export function thinEvents(events: StoredEvent[]): StoredEvent[] {
  const lastProgress = events.findLastIndex((event) => event.type === 'progress');
  const lastTransfer = events.findLastIndex((event) => event.type === 'transfer');
  const nMetrics = events.reduce((count, event) => count + (event.type === 'metrics' ? 1 : 0), 0);
  const stride = Math.ceil(nMetrics / maxMetrics);
  let metricsLeft = nMetrics;
  return events.filter((event, i) => {
    if (event.type === 'progress') return i === lastProgress;
    if (event.type === 'transfer') return i === lastTransfer;
    if (event.type === 'metrics') return --metricsLeft % stride === 0;
    return true;
  });
}
