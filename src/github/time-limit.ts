/** Timeout of a request with its complete answer, in milliseconds. */
const REQUEST_TIMEOUT = 15_000;

type Fetch = typeof globalThis.fetch;

/**
 * Creates a fetch whose requests end within `timeout` milliseconds: connection, headers and body together. An answer that
 * is cut off fails too: Octokit would treat the part as complete.
 */
export function fetchWithin(timeout = REQUEST_TIMEOUT, send: Fetch = (...request) => globalThis.fetch(...request)) {
  return async (address: string | URL | Request, options: RequestInit = {}): Promise<Response> => {
    const limit = AbortSignal.timeout(timeout);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    try {
      const answer = await send(address, { ...options, signal });
      return copyOf(answer, await answer.arrayBuffer());
    } catch (cause) {
      // Octokit retries an error of this name, but not the signal's own.
      if (limit.aborted) throw new Error(`no complete answer within ${timeout / 1000} s`, { cause });
      throw cause;
    }
  };
}

const WITHOUT_BODY = [204, 205, 304];

function copyOf(answer: Response, body: ArrayBuffer): Response {
  const { status, statusText, headers, url } = answer;
  if (isJson(headers) && !isFramed(headers)) checkComplete(body);
  const copy = new Response(WITHOUT_BODY.includes(status) ? null : body, { status, statusText, headers });
  return Object.defineProperty(copy, 'url', { value: url }); // Octokit's pagination uses it
}

function isJson(headers: Headers): boolean {
  return /^application\/(?:[\w.-]+\+)?json\b/.test(headers.get('content-type') ?? '');
}

/** Whether HTTP itself marks the end of a body; otherwise a broken connection looks like a closed one. */
function isFramed(headers: Headers): boolean {
  return headers.has('content-length') || headers.has('transfer-encoding');
}

function checkComplete(body: ArrayBuffer): void {
  if (body.byteLength === 0) return;
  try {
    JSON.parse(new TextDecoder().decode(body));
  } catch (cause) {
    throw new Error('the answer was cut off', { cause });
  }
}
