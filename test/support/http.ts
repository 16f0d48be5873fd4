import nock from 'nock';
import { expect, onTestFinished } from 'vitest';
import { CoalmineOctokit, type GitHub } from '../../src/github/octokit.ts';
import { checkQuery } from './graphql.ts';
import { checkExchange } from './openapi.ts';

/** GitHub as one test has it: every answer is given once, and must be asked for. */
export interface GitHubMock {
  readonly octokit: GitHub;
  /** What was asked, in order. */
  readonly requests: readonly MockedRequest[];
  /** Answers one request: `GET /repos/canary/shop/pulls?state=open`, its query in any order. */
  answer(operation: string, status: number, body?: unknown, headers?: Record<string, string>): void;
}

export interface MockedRequest {
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is JSON, and the tests say what they expect of it
  readonly body: any;
}

interface Answer {
  readonly operation: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

const API_URL = 'https://api.github.com';
const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
let mocks = 0;
nock.restore(); // importing it is enough to take the network's place

/**
 * Mocks GitHub for one test, and the rest of the network away. At the end every answer must be used, no other request
 * made, and every exchange agree with GitHub's published description, though answers may leave fields out.
 */
export function mockGitHub(): GitHubMock {
  const answers: Answer[] = [];
  const requests: MockedRequest[] = [];
  const complaints: string[] = [];

  async function reply(request: Request): Promise<[number, string, Record<string, string>]> {
    const { method, url } = request;
    const operation = normalised(`${method} ${url}`);
    const text = await request.text();
    const body = text === '' ? undefined : JSON.parse(text);
    requests.push({ operation, body });
    const index = answers.findIndex((answer) => answer.operation === operation);
    const [found] = index < 0 ? [] : answers.splice(index, 1);
    if (!found) {
      complaints.push(`nothing answers ${operation}`);
      return [400, JSON.stringify({ message: `nothing answers ${operation}` }), {}];
    }
    const { status, body: responseBody, headers } = found;
    const exchange = { method, path: url.replace(API_URL, ''), requestBody: body, status, responseBody };
    if (new URL(url).pathname === '/graphql') complaints.push(...checkQuery(body?.query));
    else complaints.push(...checkExchange(exchange).filter(isAboutWhatIsThere));
    return [status, JSON.stringify(responseBody), { 'content-type': 'application/json', ...headers }];
  }

  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
  const scope = nock(API_URL).persist();
  for (const method of METHODS) scope.intercept(/.*/, method).reply(reply);
  onTestFinished(() => {
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore(); // the next file of this process has servers of its own
    expect(complaints).toEqual([]);
    expect(
      answers.map(({ operation }) => operation),
      'unused answers',
    ).toEqual([]);
  });

  mocks += 1;
  return {
    octokit: new CoalmineOctokit({
      auth: { token: 'test' },
      throttle: { id: `test ${mocks}` },
      retry: { retryAfterBaseValue: 1 }, // ms, for seconds
    }),
    requests,
    answer: (operation, status, body, headers = {}) => {
      answers.push({ operation: normalised(operation), status, body, headers });
    },
  };
}

/** An operation with its path decoded and its query in order. */
function normalised(operation: string): string {
  const [method = '', address = ''] = operation.split(' ');
  const { pathname, searchParams } = new URL(address, API_URL);
  searchParams.sort();
  const query = searchParams.size > 0 ? `?${searchParams}` : '';
  return `${method} ${decodeURIComponent(pathname)}${decodeURIComponent(query)}`;
}

/** Answers here are the part of a whole one that matters: what lacks in them is no complaint. */
function isAboutWhatIsThere(complaint: string): boolean {
  return !/must have required property|must have a body/.test(complaint);
}
