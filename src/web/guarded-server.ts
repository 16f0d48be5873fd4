import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';

/** The target of a request: its path, still percent-encoded, and its query. */
export interface RequestTarget {
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Reads the target of a request line; never throws. Undefined for a target without a path: `*`, the `host:port` of
 * CONNECT, an invalid address (RFC 9112, section 3.2).
 */
export function readTarget({ url = '' }: Pick<IncomingMessage, 'url'>): RequestTarget | undefined {
  const address = url.startsWith('/') ? `http://server${url}` : url; // `//x` is a path here, not a host
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { pathname: path, searchParams: query } = new URL(address);
  return { path, query };
}

/** Logs a failure of Coalmine itself. */
export type LogFault = (data: Record<string, unknown>, message: string) => void;

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Wraps a listener so that no request ends the process: an error is logged and answered with 500, once. */
export function guardListener(listener: Listener, logFault: LogFault): RequestListener {
  return async (request, response) => {
    // Without a listener, the error of a disconnected socket would end the process.
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
const FAULT = 'Coalmine failed on this request; its log has the reason.\n';

const SECOND = 1000; // ms

/** Timeouts of a request, in ms: GitHub gives up on a webhook after 10 s. */
const TIMES: ServerOptions = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 60 * SECOND,
  connectionsCheckingInterval: 2 * SECOND,
};

const MAX_CONNECTIONS = 1000; // far below the usual limit of open files, which requests to GitHub need too
const MAX_SILENCE = 120 * SECOND; // ms without traffic on a connection

/** Creates a server with limits on time and connections, not listening yet. Its listener goes through `guard`. */
export function createGuardedServer(times: ServerOptions = TIMES): Server {
  const server = createServer(times);
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(MAX_SILENCE);
  return server;
}
