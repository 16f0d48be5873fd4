import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';

/** What a request asks for: its path, still percent-encoded, and its query. */
export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Reads the target of a request line; never throws. Undefined for what names no path here: `*`, the `host:port` of
 * CONNECT, an address that is none (RFC 9112, section 3.2).
 */
export function readTarget({ url = '' }: Pick<IncomingMessage, 'url'>): RequestTarget | undefined {
  const address = url.startsWith('/') ? `http://door${url}` : url; // `//x` is a path here, no host
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { pathname: path, searchParams: query } = new URL(address);
  return { path, query };
}

/** Where a fault of our own is written down. */
export type LogFault = (data: Record<string, unknown>, message: string) => void;

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Calls a listener so that no request ends the process: what it throws is logged and answered with 500, once. */
export function guard(listener: Listener, logFault: LogFault): RequestListener {
  return async (request, response) => {
    // Without a listener an error of a socket that went away would end the process.
    request.on('error', ignore);
    response.on('error', ignore);
    try {
      await listener(request, response);
    } catch (err) {
      logFault({ err, method: request.method }, 'request failed');
      if (response.headersSent || response.destroyed) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(FAULT);
    }
  };
}

const ignore = (): void => undefined;
const FAULT = 'Coalmine failed on this request; its log says why.\n';

const SECOND = 1000; // ms

/** How long a client may take, in ms: GitHub gives up on a webhook after 10 s. */
const TIMES: ServerOptions = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 60 * SECOND,
  connectionsCheckingInterval: 2 * SECOND,
};

const MOST_CONNECTIONS = 1000; // far below the usual limit of open files, which requests to GitHub need as well
const LONGEST_SILENCE = 120 * SECOND; // ms in which nothing moves on a connection

/** A server with limits on time and connections; its listener goes through `guard`. It doesn't listen yet. */
export function createDoor(times: ServerOptions = TIMES): Server {
  const server = createServer(times);
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(LONGEST_SILENCE);
  return server;
}
