import type { IncomingMessage, ServerResponse } from 'node:http';
import { isSignedBy, parseJson, type ReadBody, refusalOf } from './body.ts';

/** Path for GitHub's webhooks. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** A delivery with a valid signature. */
export interface SignedDelivery {
  readonly id: string;
  readonly name: string;
  readonly payload: object;
}

export interface GitHubHook {
  readonly secret: string;
  /** Handles a delivery; resolves when its jobs are enqueued. */
  readonly take: (delivery: SignedDelivery) => Promise<void>;
  readonly warn: (data: object, message: string) => void;
}

const MAX_BODY_BYTES = 25 * 1024 * 1024; // GitHub's maximum: "Payloads are capped at 25 MB"

/**
 * Answers a delivery from GitHub: reads at most 25 MB, then checks the signature, and only then parses the payload. Never
 * logs a payload, or text from an unknown sender.
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
  if (request.method !== 'POST') return refuse(405, "Send GitHub's webhooks with POST.", { allow: 'POST' });
  if (!/^\s*application\/json\s*(?:;|$)/i.test(headers['content-type'] ?? '')) {
    return refuse(415, 'The content type is not application/json: set it in the settings of the App or webhook.');
  }
  const missing = ['x-github-event', 'x-github-delivery', 'x-hub-signature-256'].filter((name) => !headers[name]);
  if (missing.length > 0) return refuse(400, `These headers are missing: ${missing.join(', ')}.`);
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === 'gone') return;
  if (typeof body === 'string') return refuse(...refusalOf(body, 'A webhook', MAX_BODY_BYTES));
  if (!isSignedBy(secret, body, headers['x-hub-signature-256'])) {
    return refuse(401, 'The signature is wrong: the webhook secret of the App and WEBHOOK_SECRET must be the same.');
  }
  const payload = parseJson(body);
  if (typeof payload !== 'object' || payload === null) return refuse(400, 'The body is not a JSON object.');
  await take({ id: String(headers['x-github-delivery']), name: String(headers['x-github-event']), payload });
  answer(response, 200, 'Accepted.');
}

/** Shortens an unverified header for the log; GitHub sends a UUID. */
function shorten(header: string | string[] | undefined): string | undefined {
  return header === undefined ? undefined : String(header).slice(0, 40);
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...type, ...headers }).end(`${text}\n`);
}
