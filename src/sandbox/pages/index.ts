import type { FollowedKustomization } from '../flux/state.ts';
import type { HttpAnswer } from '../http.ts';
import { pageUrl } from '../payloads/repository.ts';
import { PROTECTION_PATH } from '../protection/serve.ts';
import type { PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { checksOf } from './checks.ts';
import { type Html, html } from './html.ts';
import { badge, empty, page, pathTo } from './layout.ts';

/** The front page: an introduction, the repository, and its pull requests. */
export function indexPage(world: SandboxWorld): HttpAnswer {
  const { owner, name, defaultBranch } = world.repository;
  const pulls = world.state.pulls.all().reverse();
  const those = (state: PullRow['state']): PullRow[] => pulls.filter((pull) => pull.state === state);
  return page(
    world,
    'Coalmine sandbox',
    html`<h1>A sandbox for Coalmine</h1>
<p>This is a small local GitHub with one real git repository. Use it to try and test Coalmine. It listens on this machine only, and its passwords are public.</p>
<h2>What to try</h2>
${renderTrials(world, those('open'))}
<h2>${owner}/${name}</h2>
<pre>git clone ${pageUrl(world)}.git</pre>
<p>No password is needed to read. To push, give any user name, and as password <code>admin-token</code> or <code>writer-token</code>; <code>reader-token</code> may only comment. The same tokens open the REST API at <code>${world.apiUrl}</code>.</p>
<p>Commits of <a href="${pathTo(world, `commits/${defaultBranch}`)}">${defaultBranch}</a>, and of <a href="${pathTo(world, 'commits/gitops')}">gitops</a>, which Coalmine writes.</p>
<h2>The cluster</h2>
${renderCluster(world)}
<h2>Open pull requests</h2>
${renderPulls(world, those('open'), 'No pull request is open. Push a branch, and open one over the REST API.')}
<h2>Closed pull requests</h2>
${renderPulls(world, those('closed'), 'None has been closed or merged yet.')}`,
  );
}

/** Renders steps to try, in order. */
function renderTrials(world: SandboxWorld, [pull]: readonly PullRow[]): Html {
  const { defaultBranch } = world.repository;
  const link = pull && html`<a href="${pathTo(world, `pull/${pull.id}`)}">#${pull.id} ${pull.title}</a>`;
  return html`<ol>
<li>${link ? html`Open ${link}` : html`Push a change of a values file and open a pull request`}: Coalmine shows in a comment and a check what it would change in the cluster.</li>
<li>Type <code>/status</code> or <code>/promote</code> in the box below its conversation, or <code>/help</code>: Coalmine answers there.</li>
<li>Merge it by its button. Coalmine publishes the change on <a href="${pathTo(world, 'commits/gitops')}">gitops</a>, and it reaches <a href="/cluster">the cluster</a> a moment later.</li>
<li>Type <code>/rollback</code>, on any pull request, to take it back.</li>
<li>Let <a href="/cluster">Flux fail</a>, or protect <code>${defaultBranch}</code>, and read Coalmine's answer:
<pre class="wrap">curl -X PUT -H 'authorization: Bearer admin-token' ${world.url}${PROTECTION_PATH} -d '{"branch": "${defaultBranch}", "approvals": 1}'</pre></li>
</ol>`;
}

/** Renders the state of the sandbox's Flux in one line. */
function renderCluster({ flux }: SandboxWorld): Html {
  const { told, followed } = flux.state();
  const count = (is: (each: FollowedKustomization) => boolean): number => followed.filter(is).length;
  const failing = count(({ failure }) => failure !== null);
  const checking = count((each) => each.checking);
  return html`<p>The sandbox simulates Flux: it applies each push to <code>gitops</code> a moment later. <a href="/cluster">The cluster</a> has ${followed.length} Kustomizations: ${checking} in progress, ${failing} failing.${told.suspended && html` ${badge('suspended')}`}</p>`;
}

function renderPulls(world: SandboxWorld, pulls: readonly PullRow[], nothing: string): Html {
  if (pulls.length === 0) return empty(nothing);
  return html`<table class="list"><tr><th>Pull request</th><th>State</th><th>Author</th><th>Checks</th></tr>
${pulls.map(
  (pull) => html`<tr><td><a href="${pathTo(world, `pull/${pull.id}`)}">#${pull.id} ${pull.title}</a></td>
<td>${badge(stateOf(pull))}</td><td>${pull.author}</td><td>${renderStates(world, pull)}</td></tr>
`,
)}</table>`;
}

function renderStates(world: SandboxWorld, pull: PullRow): Html {
  const checks = [pull.headSha, ...(pull.merge ? [pull.merge.sha] : [])].flatMap((sha) => checksOf(world, sha));
  if (checks.length === 0) return html`<span class="quiet">none</span>`;
  return html`${checks.map(({ name, status, conclusion }) => html`<div>${badge(conclusion ?? status)} ${name}</div>`)}`;
}

/** The state of a pull request: open, draft, merged or closed. */
export function stateOf(pull: PullRow): string {
  if (pull.merge) return 'merged';
  return pull.draft && pull.state === 'open' ? 'draft' : pull.state;
}
