import { type ClientMessage, type StoredEvent, type Subject, serverMessageSchema } from '@featurescope/contracts';

export type ConnectionState = 'connecting' | 'open' | 'lost';
type Listener = { afterSeq: number; onEvents: (events: StoredEvent[]) => void };
type Subscription = { subject: Subject; listeners: Set<Listener> };

const firstDelayMs = 500;
const longestDelayMs = 10_000;
const pingEveryMs = 20_000;
const silenceMs = 45_000;

/** One websocket for the page. Subscriptions outlive it: after a loss it reconnects with growing pauses and asks for
 *  everything later than the last event each listener has seen, so that a gap is replayed and nothing is shown twice. */
export class LiveConnection {
  #socket: WebSocket | null = null;
  #state: ConnectionState = 'connecting';
  #delayMs = firstDelayMs;
  #heardAt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #stateListeners = new Set<() => void>();
  #subscriptions = new Map<string, Subscription>();

  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  start(): () => void {
    this.#open();
    const ping = setInterval(() => {
      if (this.#socket?.readyState !== WebSocket.OPEN) return;
      if (Date.now() - this.#heardAt > silenceMs) this.#socket.close();
      else this.#send({ type: 'ping' });
    }, pingEveryMs);
    return () => {
      clearInterval(ping);
      if (this.#retry) clearTimeout(this.#retry);
      this.#retry = null;
      const socket = this.#socket;
      this.#socket = null;
      socket?.close();
    };
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  /** Tries at once instead of waiting for the next attempt. */
  retryNow(): void {
    if (this.#state === 'lost' && this.#retry) {
      clearTimeout(this.#retry);
      this.#open();
    }
  }

  /** Events of a subject later than afterSeq, in order, each once. */
  subscribe(subject: Subject, afterSeq: number, onEvents: (events: StoredEvent[]) => void): () => void {
    const key = keyOf(subject);
    const listener: Listener = { afterSeq, onEvents };
    const subscription = this.#subscriptions.get(key) ?? { subject, listeners: new Set() };
    subscription.listeners.add(listener);
    this.#subscriptions.set(key, subscription);
    this.#ask(subscription);
    return () => {
      subscription.listeners.delete(listener);
      if (subscription.listeners.size > 0) return;
      this.#subscriptions.delete(key);
      this.#send({ type: 'unsubscribe', subject });
    };
  }

  /** A server keeps one subscription per subject: asking again replaces it, so ask for what the furthest-behind needs. */
  #ask({ subject, listeners }: Subscription): void {
    const afterSeq = Math.min(...[...listeners].map((listener) => listener.afterSeq));
    this.#send({ type: 'subscribe', subject, afterSeq });
  }

  #open(): void {
    this.#retry = null;
    const socket = new WebSocket(this.#url());
    this.#socket = socket;
    socket.onopen = () => {
      this.#delayMs = firstDelayMs;
      this.#heardAt = Date.now();
      this.#setState('open');
      for (const subscription of this.#subscriptions.values()) this.#ask(subscription);
    };
    socket.onmessage = (message) => this.#receive(message.data);
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#setState('lost');
      this.#retry = setTimeout(() => this.#open(), this.#delayMs * (0.75 + Math.random() / 2));
      this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
    };
  }

  #receive(data: unknown): void {
    this.#heardAt = Date.now();
    const message = serverMessageSchema.safeParse(JSON.parse(String(data)));
    if (!message.success) {
      console.warn('A message of unknown form came over the websocket', message.error.message);
      return;
    }
    if (message.data.type !== 'events') return;
    const { subject, events, lastSeq } = message.data;
    for (const listener of this.#subscriptions.get(keyOf(subject))?.listeners ?? []) {
      const unseen = events.filter((event) => event.seq > listener.afterSeq);
      listener.afterSeq = Math.max(listener.afterSeq, lastSeq);
      if (unseen.length > 0) listener.onEvents(unseen);
    }
  }

  #send(message: ClientMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#stateListeners) listener();
  }
}

const keyOf = (subject: Subject) => `${subject.kind}:${subject.id}`;
