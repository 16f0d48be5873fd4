import type { GitHub } from './octokit.ts';

/** The headers of an answer, by their lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | number | undefined>>;

/** Passes the headers of every answer of a client to `take`, errors included. */
export function watchAnswers(octokit: GitHub, take: (headers: AnswerHeaders) => void): void {
  octokit.hook.after('request', ({ headers }) => take(headers));
  octokit.hook.error('request', (error) => {
    const { response } = error as { readonly response?: { readonly headers?: AnswerHeaders } };
    if (response?.headers) take(response.headers);
    throw error;
  });
}
