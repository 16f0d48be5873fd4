import type { IncomingMessage } from 'node:http';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::([0-9]{1,5}))?$/i;

/**
 * Whether a request is for this machine and not from a page of another site: its Host is a loopback name (a website's own
 * name could resolve to this machine), and its Origin, if the browser sends one, has the same port. A followed link from
 * another page is allowed: that page learns nothing. Programs such as git send none of these headers.
 */
export function isOwnRequest({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean {
  const host = LOOPBACK.exec(headers.host ?? '');
  if (!host) return false;
  const { origin } = headers;
  if (origin !== undefined) {
    const from = LOOPBACK.exec(/^http:\/\/(.*)$/.exec(origin)?.[1] ?? '');
    if (!from || from[1] !== host[1]) return false;
  }
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return true;
  const isLink = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  return isLink && (method === 'GET' || method === 'HEAD');
}
