import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** A proxy that does what proxies do: asks for http addresses, and connects for https ones. Names lead to where `names` says. */
export class TestProxy {
  readonly asked: string[] = [];
  readonly names = new Map<string, number>();
  /** user:password, where it wants to know who asks. */
  credentials: string | null = null;
  /** Answers CONNECT with this status instead. */
  refuses: number | null = null;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.server = server;
    server.on('connection', (socket) => this.sockets.add(socket));
    server.on('request', (incoming, answer) => {
      this.asked.push(`GET ${incoming.url}`);
      if (!this.knows(incoming.headers['proxy-authorization'])) return void answer.writeHead(407).end();
      const target = new URL(incoming.url ?? '');
      const { 'proxy-authorization': _, ...headers } = incoming.headers;
      const port = this.names.get(target.hostname) ?? target.port;
      const sent = request({ host: '127.0.0.1', port, path: target.pathname + target.search, headers });
      sent.on('response', (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      });
      sent.on('error', () => answer.writeHead(502).end());
      sent.end();
    });
    server.on('connect', (incoming, socket: Socket) => {
      this.asked.push(`CONNECT ${incoming.url}`);
      if (!this.knows(incoming.headers['proxy-authorization'])) return socket.end('HTTP/1.1 407 Who\r\n\r\n');
      if (this.refuses !== null) return socket.end(`HTTP/1.1 ${this.refuses} No\r\n\r\n`);
      const [host = '', port] = (incoming.url ?? '').split(':');
      const upstream = connect(this.names.get(host) ?? Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connected\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      this.sockets.add(upstream);
      for (const one of [socket, upstream]) one.on('error', () => {});
    });
  }

  static async start(): Promise<TestProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestProxy(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private knows(authorization: string | undefined): boolean {
    return (
      this.credentials === null || authorization === `Basic ${Buffer.from(this.credentials, 'utf8').toString('base64')}`
    );
  }
}
