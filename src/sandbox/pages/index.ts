import type { Followed } from '../flux/state.ts';
import type { Answer } from '../http.ts';
import { pageUrl } from '../payloads/repository.ts';
import type { PullRow } from '../store/state.ts';
import type { World } from '../world.ts';
import { checksOf } from './checks.ts';
import { type Html, html } from './html.ts';
import { badge, empty, page } from './layout.ts';

/** The first page: what this is, the repository, and its pull requests. */
export function indexPage(world: World): Answer {
  const { owner, name } = world.repository;
  const pulls = world.state.pulls.all().reverse();
  const those = (state: PullRow['state']): PullRow[] => pulls.filter((pull) => pull.state === state);
  return page(
    'Coalmine sandbox',
    html`<h1>A sandbox for Coalmine</h1>
<p>This is a small local GitHub with one real git repository. It is for trying and testing. It listens on this machine only, and everybody knows its passwords.</p>
<h2>${owner}/${name}</h2>
<pre>git clone ${pageUrl(world)}.git</pre>
<p>Anybody may read. To push, give any user name, and as password <code>admin-token</code> or <code>writer-token</code>; <code>reader-token</code> may comment only. The same tokens open the REST API at <code>${world.apiUrl}</code>.</p>
<h2>The cluster</h2>
${renderCluster(world)}
<h2>Open pull requests</h2>
${renderPulls(world, those('open'), 'No pull request is open. Push a branch, and open one over the REST API.')}
<h2>Closed pull requests</h2>
${renderPulls(world, those('closed'), 'None has been closed or merged yet.')}`,
  );
}

/** What the Flux of the sandbox does, in a line. */
function renderCluster({ flux }: World): Html {
  const { told, followed } = flux.state();
  const count = (is: (each: Followed) => boolean): number => followed.filter(is).length;
  const failing = count(({ failure }) => failure !== null);
  const checking = count((each) => each.checking);
  return html`<p>The sandbox plays Flux: what is pushed to <code>gitops</code> is applied a moment later. <a href="/cluster">The cluster</a> has ${followed.length} Kustomizations; ${checking} under way, ${failing} failing.${told.suspended && html` ${badge('suspended')}`}</p>`;
}

function renderPulls(world: World, pulls: readonly PullRow[], nothing: string): Html {
  if (pulls.length === 0) return empty(nothing);
  const { owner, name } = world.repository;
  return html`<table class="list"><tr><th>Pull request</th><th>State</th><th>Author</th><th>Checks</th></tr>
${pulls.map(
  (pull) => html`<tr><td><a href="/${owner}/${name}/pull/${pull.id}">#${pull.id} ${pull.title}</a></td>
<td>${badge(stateOf(pull))}</td><td>${pull.author}</td><td>${renderStates(world, pull)}</td></tr>
`,
)}</table>`;
}

function renderStates(world: World, pull: PullRow): Html {
  const checks = [pull.headSha, ...(pull.merge ? [pull.merge.sha] : [])].flatMap((sha) => checksOf(world, sha));
  if (checks.length === 0) return html`<span class="quiet">none</span>`;
  return html`${checks.map(({ name, status, conclusion }) => html`<div>${badge(conclusion ?? status)} ${name}</div>`)}`;
}

/** Open, merged or closed. */
export function stateOf(pull: PullRow): string {
  if (pull.merge) return 'merged';
  return pull.draft && pull.state === 'open' ? 'draft' : pull.state;
}
