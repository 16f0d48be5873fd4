import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Why a body was not read: larger than its limit, too many bytes waiting in all bodies, or the sender disconnected. */
export type UnreadReason = 'too-large' | 'busy' | 'gone';

/** Reads one complete request body of at most `limit` bytes. */
export type ReadBody = (request: IncomingMessage, limit: number) => Promise<Buffer | UnreadReason>;

const MAX_BYTES = 128 * 1024 * 1024;

/**
 * Creates a reader whose bodies hold at most `most` bytes together: a sender without the secret can send one body per
 * open connection. Above the limit the largest body is refused, so that a small one is always read.
 */
export function createBodyReader(most: number = MAX_BYTES): ReadBody {
  const reading = new Set<UnfinishedBody>();
  const refuseLargest = (): void => {
    const sizes = [...reading].map(({ size }) => size);
    if (sizes.reduce((sum, size) => sum + size, 0) <= most) return;
    [...reading].toSorted((a, b) => b.size - a.size)[0]?.end('busy');
  };
  return async (request, limit) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return 'too-large';
    const body = await new Promise<Buffer | UnreadReason>((resolve) => {
      const chunks: Buffer[] = [];
      const one: UnfinishedBody = {
        size: 0,
        end: (result) => {
          reading.delete(one);
          request.off('data', take).pause();
          chunks.length = 0;
          resolve(result);
        },
      };
      const take = (chunk: Buffer): void => {
        one.size += chunk.length;
        chunks.push(chunk);
        if (one.size > limit) one.end('too-large');
        else refuseLargest();
      };
      reading.add(one);
      request.on('data', take);
      request.on('end', () => one.end(Buffer.concat(chunks)));
      request.on('close', () => one.end('gone')); // after `end` it changes nothing
    });
    return body;
  };
}

interface UnfinishedBody {
  size: number;
  end(result: Buffer | UnreadReason): void;
}

/** The answer to a body that was not read: a status and its text. The connection cannot be used again. */
export function refusalOf(reason: UnreadReason, what: string, limit: number): readonly [number, string] {
  return reason === 'too-large'
    ? [413, `${what} may have at most ${limit} bytes.`]
    : [503, 'Too many bytes are being received at once. Send it again in a moment.'];
}

const ALGORITHMS = ['sha224', 'sha256', 'sha384', 'sha512'];

/** Whether a signature (`sha256=<hex>`) matches the body and this token, compared in constant time. */
export function isSignedBy(token: string, body: Buffer, signature: string | string[] | undefined): boolean {
  const [, algorithm = '', digest = ''] = /^(sha[0-9]{3})=([0-9a-f]+)$/i.exec(String(signature)) ?? [];
  if (!ALGORITHMS.includes(algorithm.toLowerCase())) return false;
  const expected = createHmac(algorithm.toLowerCase(), token).update(body).digest();
  const given = Buffer.from(digest, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Parses the JSON of a body; undefined if it is not JSON. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
