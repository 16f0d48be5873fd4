import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { DeliveryOutcome } from './store/state.ts';

type PostOutcome = Pick<DeliveryOutcome, 'code' | 'status' | 'headers' | 'body'>;

/** Posts once, on its own connection; a missing answer is an outcome too. */
export function postOnce(
  url: string,
  headers: Record<string, string>,
  payload: string,
  signal: AbortSignal,
): Promise<PostOutcome> {
  const request = url.startsWith('https:') ? requestSecure : requestPlain;
  return new Promise((resolve) => {
    const fail = (problem: Error): void => {
      const status = problem.name === 'AbortError' ? 'timed out' : 'failed to connect to host';
      resolve({ code: 0, status, headers: {}, body: '' });
    };
    const length = { 'Content-Length': String(Buffer.byteLength(payload)) };
    const sent = request(
      url,
      { method: 'POST', agent: false, headers: { ...headers, ...length }, signal },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', fail);
        answer.on('end', () => {
          const code = answer.statusCode ?? 0;
          const status = code >= 200 && code < 300 ? 'OK' : `Invalid HTTP Response: ${code}`;
          const answered = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
          resolve({ code, status, headers: Object.fromEntries(answered), body: Buffer.concat(chunks).toString() });
        });
      },
    );
    sent.on('error', fail);
    sent.end(payload);
  });
}
