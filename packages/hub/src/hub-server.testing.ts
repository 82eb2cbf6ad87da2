import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const commit = 'c0ffee'.padEnd(40, '0');
export const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');
export const gitHash = (content: Buffer) =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

interface Served {
  content: Buffer;
  /** Large files have a sha256 and come by a redirect. */
  large: boolean;
}

/** A hub with one repository, org/model, over HTTP: its information, tree, and resolving with redirects and ranges. */
export class TestHub {
  readonly requests: { url: string; range: string | undefined; authorization: string | undefined; host: string }[] = [];
  readonly files = new Map<string, Served>();
  /** Answers instead of the hub when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Where large files are redirected to. */
  storage: string;
  licence = 'apache-2.0';
  private readonly server: Server;

  private constructor(server: Server, host: string) {
    this.server = server;
    this.storage = `http://${host}:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => this.answer(request, response));
  }

  static async start(host = '127.0.0.1'): Promise<TestHub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return new TestHub(server, host);
  }

  get url(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${port}`;
  }

  add(name: string, content: Buffer | string, large = false): Buffer {
    const bytes = Buffer.from(content);
    this.files.set(name, { content: bytes, large });
    return bytes;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const { range, authorization, host = '' } = request.headers;
    this.requests.push({ url, range, authorization, host });
    if (this.intercept(request, response)) return;
    if (url.startsWith(`/api/models/org/model/revision/`)) return void this.json(response, this.info());
    const [, folder, query] = /^\/api\/models\/org\/model\/tree\/c0ffee0+((?:\/[^?]*)?)\?(.*)$/.exec(url) ?? [];
    if (folder !== undefined) return void this.answerTree(response, folder.slice(1), query.includes('recursive=true'));
    const [, place, name = ''] = new RegExp(`^/(org/model/resolve/${commit}|storage)/([^?]+)`).exec(url) ?? [];
    const file = this.files.get(decodeURIComponent(name));
    if (file === undefined) return void response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    if (file.large && place !== 'storage')
      return void response.writeHead(302, { location: `${this.storage}/storage/${name}?signature=secret` }).end();
    this.send(response, file.content, range);
  }

  private answerTree(response: ServerResponse, folder: string, recursive: boolean): void {
    const entries = this.tree(folder, recursive);
    if (folder !== '' && this.tree(folder, true).length === 0) response.writeHead(404).end();
    else this.json(response, entries);
  }

  json(response: ServerResponse, value: unknown): void {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  info(): Record<string, unknown> {
    return { _id: '1', id: 'org/model', sha: commit, cardData: { license: this.licence }, gated: false };
  }

  /** What lies in a folder; '' is the top. */
  tree(folder = '', recursive = false): Record<string, unknown>[] {
    const begin = folder === '' ? '' : `${folder}/`;
    const below = [...this.files].filter(([path]) => path.startsWith(begin));
    const inFolder = recursive ? below : below.filter(([path]) => !path.slice(begin.length).includes('/'));
    return inFolder.map(([path, { content, large }]) => ({
      ...{ type: 'file', path, size: content.length, oid: gitHash(content) },
      ...(large ? { lfs: { oid: sha256(content), size: content.length, pointerSize: 130 } } : {}),
    }));
  }

  send(response: ServerResponse, content: Buffer, range: string | undefined): void {
    const [, first = 0, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const begin = Number(first);
    const part = content.subarray(begin, last === '' ? undefined : Number(last) + 1);
    const end = begin + part.length - 1;
    const partial = range === undefined ? {} : { 'content-range': `bytes ${begin}-${end}/${content.length}` };
    response.writeHead(range === undefined ? 200 : 206, { 'content-length': part.length, ...partial }).end(part);
  }
}
