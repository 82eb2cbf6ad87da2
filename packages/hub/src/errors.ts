/** What kind of failure a hub's is, for whoever tells a person of it. */
export type HubFailure = 'denied' | 'missing' | 'unusable' | 'disk_full' | 'unavailable';

/** Something could not be had from the hub. The message says what, and what to do; it never holds a token or the query of a
 *  signed address. */
export class HubError extends Error {
  override name = 'HubError';
  readonly failure: HubFailure;

  constructor(failure: HubFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

/** What an answer outside 2xx means. `what` names what was asked for. */
export function errorOfStatus(status: number, what: string): HubError {
  if (status === 401 || status === 403)
    return new HubError(
      'denied',
      `The hub refuses ${what} (${status}): it does not exist, or is private or gated. Check the name; for a gated one accept its terms on its page and set HF_TOKEN to a token of that account, then start again.`,
    );
  if (status === 404) return new HubError('missing', `The hub has no ${what} (404). Check the name and the revision.`);
  if (status === 429)
    return new HubError(
      'unavailable',
      `The hub refuses more requests for now (429), for ${what}. Wait, then try again.`,
    );
  return new HubError('unavailable', `The hub answers ${status} for ${what}. Try again later.`);
}
