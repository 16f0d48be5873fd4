import { printable } from '../core/model/printable.ts';
import { createClient } from './client.ts';
import type { Local } from './local.ts';
import { fetchReviewComment, fetchSeededPull, formatCommentText } from './story.ts';

/** Prints the App's comment on the seeded pull request, and the addresses and commands to try. */
export async function printWelcome({ sandbox, app }: Local, print: (text: string) => void): Promise<void> {
  print(`Coalmine is running at ${app.url}, with a sandbox in place of GitHub (no credentials are set).\n\n`);
  const reader = createClient(sandbox.apiUrl, 'reader-token');
  const pull = await fetchSeededPull(reader);
  if (pull) {
    const state = pull.merged_at === null ? pull.state : 'merged';
    print(
      `Pull request #${pull.number} (${state}) by ${pull.user?.login ?? 'ghost'}: ${printable(pull.title)}\nThe App's comment on it:\n\n${formatCommentText(await fetchReviewComment(reader, pull))}\n\n`,
    );
  }
  print(`Where to look:
  in a browser   ${pull?.html_url ?? sandbox.url}
  all of it      ${sandbox.url}
  the cluster    ${sandbox.url}/cluster
  clone, push    git clone ${sandbox.url.replace('://', '://writer:writer-token@')}/canary/shop.git
  merge          curl -X PUT -H 'authorization: Bearer writer-token' ${sandbox.apiUrl}/repos/canary/shop/pulls/${pull?.number ?? 'N'}/merge
  the branch     ${sandbox.url}/canary/shop/commits/gitops
  the manifests  git clone -b gitops ${sandbox.url}/canary/shop.git

What to type next, in the box below the conversation, as writer:
  /status        the state of echo: desired, published, live, and the next step
  /promote       the next step, on the pull request's branch; once it is merged, on one that the App makes and merges
  /rollback      back to version 1, at once
  /help          every command, and who may use it

Ctrl-C stops it; the sandbox keeps its state for the next start.
`);
}
