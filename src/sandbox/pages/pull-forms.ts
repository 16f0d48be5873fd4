import { describeMissing, protectionOf } from '../protection/protection.ts';
import type { PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { type Html, html } from './html.ts';
import { pathTo } from './layout.ts';

/** A refused form with the typed text, which the page shows again. */
export interface RefusedForm {
  readonly form: 'comments' | 'merge';
  readonly status: number;
  readonly message: string;
  readonly as: string;
  readonly text: string;
}

/** Whether the merge button is shown: for an open pull request without conflicts. */
export function isMergeable({ state, draft, test, headSha }: PullRow): boolean {
  return state === 'open' && !draft && test?.head === headSha && test.sha !== null;
}

/** Renders the merge button if the pull request can be merged, and the reason of a refused merge. */
export function renderMergeForm(world: SandboxWorld, pull: PullRow, refused: RefusedForm | undefined): Html | false {
  const again = refused?.form === 'merge' ? refused : undefined;
  const problem = again && renderProblem('The merge was refused', again);
  if (!isMergeable(pull)) return problem ?? false;
  return html`<h2 id="merge">Merge</h2>
${problem ?? renderProtection(world, pull)}
<form method="post" action="${pathTo(world, `pull/${pull.id}/merge`)}#merge">
<input type="hidden" name="sha" value="${pull.headSha}">
<label>As ${renderChoice(['writer', 'admin'], again)}</label> <button>Merge pull request</button>
</form>`;
}

function renderProtection(world: SandboxWorld, pull: PullRow): Html | false {
  const protection = protectionOf(world, pull.base);
  if (!protection) return false;
  const missing = describeMissing(world, pull);
  const rules = html`<a href="${pathTo(world, `rules/${protection.id}`)}">protected</a>`;
  return html`<p><code>${pull.base}</code> is ${rules}. ${missing === '' ? 'All requirements are met.' : `${missing} An admin may merge anyway.`}</p>`;
}

/** Renders the comment box, with the text of a refused comment. */
export function renderCommentForm(world: SandboxWorld, pull: PullRow, refused: RefusedForm | undefined): Html {
  const again = refused?.form === 'comments' ? refused : undefined;
  // HTML removes one line break after the tag, so one is added to keep the first typed one.
  return html`<h2 id="new-comment">Add a comment</h2>
${again && renderProblem('The comment was refused', again)}
<form method="post" action="${pathTo(world, `pull/${pull.id}/comments`)}#new-comment">
<textarea name="body" rows="5" required aria-label="Comment" placeholder="A comment, or a command such as /status">
${again?.text}</textarea>
<label>As ${renderChoice(['writer', 'admin', 'reader'], again)}</label> <button>Comment</button>
</form>
<p class="quiet">Type <code>/promote</code> to move the canary one step on, <code>/rollback</code> to take it back, <code>/status</code> to see its state, <code>/help</code> for all commands. Coalmine answers a moment later: <a href="${pathTo(world, `pull/${pull.id}`)}">reload</a>.</p>`;
}

function renderProblem(what: string, { message }: RefusedForm): Html {
  return html`<p class="problem" role="alert"><strong>${what}:</strong> ${message}</p>
`;
}

function renderChoice(logins: readonly string[], refused: RefusedForm | undefined): Html {
  const chosen = refused?.as;
  return html`<select name="as">${logins.map((login) => html`<option${login === chosen && html` selected`}>${login}</option>`)}</select>`;
}
