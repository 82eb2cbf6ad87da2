import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { AppError } from '../app-error.ts';

export interface GuardOptions {
  /** The address the server is bound to. */
  host: string;
  /** Host values that are welcome besides. */
  extraHosts: string[];
  token: string | null;
}

export interface GuardedRequest {
  method: string;
  headers: IncomingHttpHeaders;
  isWebsocket: boolean;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];
const cookieName = 'featurescope_token';

/** Who may ask, before anything is parsed: known Host values only (DNS rebinding), no foreign Origin on writes and
 *  websockets, and the token where one is set. Stateless; shared by requests and websocket upgrades. */
export class RequestGuard {
  private readonly hosts: Set<string>;
  private readonly anyAddress: boolean;
  private readonly token: string | null;

  constructor({ host, extraHosts, token }: GuardOptions) {
    this.token = token;
    // An IP literal cannot be rebound by DNS; which one reaches us (a container's, a router's) is not ours to know.
    this.anyAddress = host !== '127.0.0.1';
    const own = this.anyAddress ? [host, hostname()] : [];
    this.hosts = new Set([...loopbackNames, ...own, ...extraHosts].map((name) => name.toLowerCase()));
  }

  /** Throws AppError forbidden_host, forbidden_origin or unauthorized. */
  check(request: GuardedRequest): void {
    this.checkHost(request.headers.host);
    const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    if (writes || request.isWebsocket) checkOrigin(request.headers);
    if (this.token !== null && !this.isAuthorized(request.headers))
      throw new AppError(
        'unauthorized',
        'A token is required: open the address with ?token=…, or send Authorization: Bearer ….',
      );
  }

  /** The cookie that lets a browser in, when the token of a `?token=` link is right. */
  cookieFor(givenToken: string): string | null {
    if (this.token === null || !sameText(givenToken, this.token)) return null;
    return `${cookieName}=${this.cookieValue(this.token)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000`;
  }

  /** Throws forbidden_host. */
  checkHost(host: string | undefined): void {
    const name = (host ?? '').toLowerCase().replace(/:\d+$/, '');
    if (this.hosts.has(name)) return;
    if (this.anyAddress && isIP(name.replace(/^\[|\]$/g, '')) !== 0) return;
    throw new AppError(
      'forbidden_host',
      `The Host "${host ?? ''}" is not one of this server's. Use 127.0.0.1, or add the name to FEATURESCOPE_HOSTS.`,
    );
  }

  private isAuthorized(headers: IncomingHttpHeaders): boolean {
    const token = this.token as string;
    const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (bearer !== undefined && sameText(bearer, token)) return true;
    const cookie = new RegExp(`(?:^|;\\s*)${cookieName}=([^;]+)`).exec(headers.cookie ?? '')?.[1];
    return cookie !== undefined && sameText(cookie, this.cookieValue(token));
  }

  /** Not the token itself: a cookie that leaks does not open the API by header, and a new token ends it. */
  private cookieValue(token: string): string {
    return createHmac('sha256', token).update('featurescope browser session').digest('base64url');
  }
}

/** Same origin or none: a browser sends the Origin of the page that asks; other clients send none. */
function checkOrigin(headers: IncomingHttpHeaders): void {
  const { origin } = headers;
  const host = (headers.host ?? '').toLowerCase();
  const isForeign =
    origin === undefined
      ? headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site'
      : origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign)
    throw new AppError(
      'forbidden_origin',
      `The Origin "${origin ?? headers['sec-fetch-site']}" is not this server's. Ask from its own pages, or without an Origin.`,
    );
}

/** Takes the same time wherever the two differ. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
