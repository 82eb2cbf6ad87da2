import { clientMessageSchema, maxMessagesPerSecond, type ServerMessage, type Subject } from '@featurescope/contracts';
import type { WebSocket } from 'ws';
import type { EventHub, Watcher } from './event-hub.ts';
import { thinEvents } from './thin-events.ts';

const messageIntervalMs = 1000 / maxMessagesPerSecond;
/** A socket with more than this unsent gets nothing new; what it misses it gets in one larger batch. */
const maxUnsentBytes = 256 * 1024;
const eventsPerBatch = 2000;
const maxSubscriptions = 64;
const maxQueuedReplies = 64;

interface Subscription {
  subject: Subject;
  /** Everything up to this number was sent. */
  cursor: number;
}

/** One connection: what it watches, how far it is, and when it may be sent the next message. Holds no events: a client that
 *  does not keep up costs a cursor. */
export class EventClient implements Watcher {
  private readonly socket: WebSocket;
  private readonly hub: EventHub;
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly replies: ServerMessage[] = [];
  private timer: NodeJS.Timeout | null = null;
  private nextSendAt = 0;
  private sending = false;
  private closed = false;

  constructor(socket: WebSocket, hub: EventHub) {
    this.socket = socket;
    this.hub = hub;
  }

  /** Handles what the client sent; never throws for what it sends. */
  async receive(data: string): Promise<void> {
    const message = parseMessage(data);
    if (message === null) {
      const text =
        'The message is none of subscribe, unsubscribe and ping. Correct it; packages/contracts describes them.';
      return this.reply({ type: 'error', code: 'invalid_request', message: text });
    }
    if (message.type === 'ping') return this.reply({ type: 'pong' });
    const subject = { ...message.subject, id: message.subject.id.toLowerCase() };
    if (message.type === 'subscribe') return this.subscribe(subject, message.afterSeq);
    this.subscriptions.delete(subject.id);
    this.hub.unwatch(subject.id, this);
  }

  onNews(): void {
    this.schedule();
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    for (const subjectId of this.subscriptions.keys()) this.hub.unwatch(subjectId, this);
    this.subscriptions.clear();
  }

  private async subscribe(subject: Subject, afterSeq: number): Promise<void> {
    if (this.subscriptions.size >= maxSubscriptions && !this.subscriptions.has(subject.id)) {
      const message = `One connection may watch ${maxSubscriptions} subjects. Unsubscribe from one first.`;
      return this.reply({ type: 'error', code: 'too_many_requests', message });
    }
    const lastSeq = await this.hub.watch(subject, this);
    if (lastSeq === null) {
      const message = `There is no ${subject.kind} "${subject.id}". It may have been deleted.`;
      return this.reply({ type: 'error', code: 'not_found', message });
    }
    if (this.closed) return this.hub.unwatch(subject.id, this);
    // A number from the future (another database) would never be reached.
    this.subscriptions.set(subject.id, { subject, cursor: Math.min(afterSeq, lastSeq) });
    this.reply({ type: 'subscribed', subject, lastSeq });
  }

  private reply(message: ServerMessage): void {
    if (this.replies.length >= maxQueuedReplies) {
      this.socket.close(1008, 'too many messages');
      return;
    }
    this.replies.push(message);
    this.schedule();
  }

  private schedule(delayMs = 0): void {
    if (this.closed || this.timer || this.sending) return;
    const waitMs = Math.max(delayMs, this.nextSendAt - performance.now(), 0);
    this.timer = setTimeout(() => {
      this.timer = null;
      // Timers count in whole milliseconds and may fire one early; the bound on the rate holds exactly.
      if (performance.now() < this.nextSendAt) return this.schedule();
      this.sending = true;
      this.sendOne()
        // The database is away: the next announcement or the retry here finds the same events again.
        .catch(() => 1000)
        .then((retryMs) => {
          this.sending = false;
          if (retryMs !== null) this.schedule(retryMs);
        });
    }, waitMs);
  }

  /** Sends at most one message. How long to wait before looking again; null when there is nothing to send. */
  private async sendOne(): Promise<number | null> {
    if (this.closed) return null;
    if (this.socket.bufferedAmount > maxUnsentBytes) return 250;
    const reply = this.replies.shift();
    if (reply) {
      this.send(reply);
      return 0;
    }
    const behind = [...this.subscriptions.values()].find(({ subject, cursor }) => this.hub.head(subject.id) > cursor);
    if (!behind) return null;
    const events = await this.hub.eventsAfter(behind.subject.id, behind.cursor, eventsPerBatch);
    const last = events.at(-1);
    if (!last || this.closed) return null;
    behind.cursor = last.seq;
    this.send({ type: 'events', subject: behind.subject, events: thinEvents(events), lastSeq: last.seq });
    // To the end of the line, so that one busy run does not starve the others.
    if (this.subscriptions.get(behind.subject.id) === behind) {
      this.subscriptions.delete(behind.subject.id);
      this.subscriptions.set(behind.subject.id, behind);
    }
    return 0;
  }

  private send(message: ServerMessage): void {
    this.socket.send(JSON.stringify(message));
    this.nextSendAt = performance.now() + messageIntervalMs;
  }
}

function parseMessage(data: string) {
  try {
    return clientMessageSchema.parse(JSON.parse(data));
  } catch {
    return null;
  }
}
