import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSignedBy, parseJson, type ReadBody, refusalOf } from './body.ts';

/** Where GitHub's webhooks come in. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** A delivery whose signature is right. */
export interface SignedDelivery {
  readonly id: string;
  readonly name: string;
  readonly payload: object;
}

export interface GitHubHook {
  readonly secret: string;
  /** Takes a delivery on; it resolves when that is done. */
  readonly take: (delivery: SignedDelivery) => Promise<void>;
  readonly warn: (data: object, message: string) => void;
}

const LARGEST = 25 * 1024 * 1024; // GitHub sends no more: "Payloads are capped at 25 MB"

/**
 * Takes a delivery of GitHub's: at most 25 MB are read, then the signature is checked, and only then the payload parsed.
 * Neither a payload nor what a stranger sent is ever logged.
 */
export async function answerWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  { secret, take, warn }: GitHubHook,
  readBody: ReadBody,
): Promise<void> {
  const { headers } = request;
  const refuse = (status: number, text: string, more: Record<string, string> = {}): void => {
    warn({ status, delivery: shorten(headers['x-github-delivery']) }, 'webhook refused');
    answer(response, status, text, { connection: 'close', ...more });
  };
  if (request.method !== 'POST') return refuse(405, "GitHub's webhooks are posted here.", { allow: 'POST' });
  if (!/^\s*application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
    return refuse(415, 'The content type is not application/json: choose it in the settings of the App or webhook.');
  }
  const missing = ['x-github-event', 'x-github-delivery', 'x-hub-signature-256'].filter((name) => !headers[name]);
  if (missing.length > 0) return refuse(400, `These headers are missing: ${missing.join(', ')}.`);
  const body = await readBody(request, LARGEST);
  if (body === 'gone') return;
  if (typeof body === 'string') return refuse(...refusalOf(body, 'A webhook', LARGEST));
  if (!isSignedBy(secret, body, headers['x-hub-signature-256'])) {
    return refuse(401, 'The signature is wrong: the webhook secret of the App and WEBHOOK_SECRET must be the same.');
  }
  const payload = parseJson(body);
  if (typeof payload !== 'object' || payload === null) return refuse(400, 'The body is not a JSON object.');
  await take({ id: String(headers['x-github-delivery']), name: String(headers['x-github-event']), payload });
  answer(response, 200, 'Taken.');
}

/** A stranger's header, fit for a log: what GitHub sends is a UUID. */
function shorten(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).slice(0, 40);
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...type, ...headers }).end(`${text}\n`);
}
