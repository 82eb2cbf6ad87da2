import {
  type ClientMessage,
  type ServerMessage,
  type StoredEvent,
  type Subject,
  serverMessageSchema,
} from '@featurescope/contracts';
import { WebSocket } from 'ws';

/** A client of /api/ws that remembers what it was sent, and when. */
export class EventConnection {
  readonly messages: ServerMessage[] = [];
  readonly times: number[] = [];
  readonly socket: WebSocket;
  private waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.messages.push(serverMessageSchema.parse(JSON.parse(data.toString())));
      this.times.push(performance.now());
      for (const wake of this.waiting.splice(0)) wake();
    });
    socket.on('close', () => {
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  /** Rejects with the status when the server refuses the upgrade. */
  static open(port: number, headers: Record<string, string> = {}, path = '/api/ws'): Promise<EventConnection> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    const connection = new EventConnection(socket);
    return new Promise((resolve, reject) => {
      socket.on('open', () => resolve(connection));
      socket.on('error', reject);
      socket.on('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    });
  }

  send(message: ClientMessage): void {
    this.socket.send(JSON.stringify(message));
  }

  subscribe(id: string, afterSeq = 0, kind: Subject['kind'] = 'run'): void {
    this.send({ type: 'subscribe', subject: { kind, id }, afterSeq });
  }

  /** Until the condition holds; the test's own timeout ends a wait in vain. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.readyState === WebSocket.CLOSED) throw new Error('The connection was closed');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  events(id: string): StoredEvent[] {
    return this.messages.flatMap((message) =>
      message.type === 'events' && message.subject.id === id ? message.events : [],
    );
  }

  /** How far the server says that it has told of a subject. */
  lastSeq(id: string): number {
    const last = this.messages.findLast((message) => message.type === 'events' && message.subject.id === id);
    return last?.type === 'events' ? last.lastSeq : 0;
  }
}
