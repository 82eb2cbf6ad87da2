import type { StoredEvent, Subject } from '@featurescope/contracts';
import { type Db, type EventFeed, openEventFeed, readEvents, readLastSeq } from '@featurescope/db';
import type { Log } from '../../log.ts';
import { SubjectStream } from './subject-stream.ts';

/** NOTIFYs of this span are answered by one read. */
const gatherMs = 40;

export interface Watcher {
  /** There is something after its position. */
  onNews(subjectId: string): void;
}

interface Watched {
  stream: SubjectStream;
  watchers: Set<Watcher>;
  timer: NodeJS.Timeout | null;
}

/** Follows the event log for everybody: one LISTEN connection, one read for each burst, however many clients watch. */
export class EventHub {
  private readonly db: Db;
  private readonly log: Log;
  private readonly watched = new Map<string, Watched>();
  private feed: EventFeed | null = null;

  constructor(db: Db, log: Log) {
    this.db = db;
    this.log = log;
  }

  start(): void {
    this.feed = openEventFeed(this.db.databaseUrl, {
      onEvent: ({ subjectId }) => this.gather(subjectId),
      onConnected: () => {
        for (const subjectId of this.watched.keys()) this.gather(subjectId);
      },
      onError: (error) => this.log.warn({ err: error }, 'event feed lost its connection'),
    });
  }

  async close(): Promise<void> {
    for (const { timer } of this.watched.values()) if (timer) clearTimeout(timer);
    this.watched.clear();
    await this.feed?.close();
  }

  /** Begins to watch; the subject's newest number, or null when there is no such subject. */
  async watch(subject: Subject, watcher: Watcher): Promise<number | null> {
    const lastSeq = await readLastSeq(this.db, subject);
    if (lastSeq === null) return null;
    const known = this.watched.get(subject.id);
    if (known) {
      known.watchers.add(watcher);
    } else {
      const watchers = new Set([watcher]);
      const stream = new SubjectStream(lastSeq, {
        read: (afterSeq, limit) => readEvents(this.db, subject.id, { afterSeq, limit }),
        onNews: () => {
          for (const each of watchers) each.onNews(subject.id);
        },
      });
      this.watched.set(subject.id, { stream, watchers, timer: null });
    }
    // What was committed since lastSeq was read announced itself before anybody listened for it here.
    this.gather(subject.id);
    return lastSeq;
  }

  unwatch(subjectId: string, watcher: Watcher): void {
    const entry = this.watched.get(subjectId);
    if (!entry?.watchers.delete(watcher) || entry.watchers.size > 0) return;
    if (entry.timer) clearTimeout(entry.timer);
    this.watched.delete(subjectId);
  }

  /** Newest number of a watched subject. */
  head(subjectId: string): number {
    return this.watched.get(subjectId)?.stream.head ?? 0;
  }

  /** Events after a number, at most `limit`, from memory or else from the database. */
  async eventsAfter(subjectId: string, afterSeq: number, limit: number): Promise<StoredEvent[]> {
    const events = this.watched.get(subjectId)?.stream.after(afterSeq) ?? null;
    return events?.slice(0, limit) ?? readEvents(this.db, subjectId, { afterSeq, limit });
  }

  private gather(subjectId: string): void {
    const entry = this.watched.get(subjectId);
    if (!entry || entry.timer) return;
    entry.timer = setTimeout(() => {
      entry.timer = null;
      entry.stream.refresh().catch((error) => {
        this.log.warn({ err: error, subjectId }, 'events could not be read');
        // Tried again: nobody else would announce these rows a second time.
        setTimeout(() => this.gather(subjectId), 1000).unref();
      });
    }, gatherMs);
  }
}
