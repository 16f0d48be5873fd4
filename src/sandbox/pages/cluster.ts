import type { Manifest as CoreManifest } from '../../core/model/manifest.ts';
import { releaseIdFrom } from '../../core/model/places.ts';
import { type PartOfRelease, partOf } from '../../core/readiness/kustomization.ts';
import { readRoutes } from '../../core/targets/targets.ts';
import { trafficIn } from '../../core/targets/traffic.ts';
import type { FluxBehavior } from '../flux/behavior.ts';
import { fetchObjects } from '../flux/manifests.ts';
import { FLUX_CONTROL_PATH } from '../flux/serve.ts';
import type { FollowedKustomization } from '../flux/state.ts';
import type { HttpAnswer } from '../http.ts';
import type { SandboxWorld } from '../world.ts';
import { type Html, html } from './html.ts';
import { badge, empty, page } from './layout.ts';
import { shaLink } from './pull.ts';

/** The page of the cluster: the state of each release, and of the sandbox's Flux. */
export async function clusterPage(world: SandboxWorld): Promise<HttpAnswer> {
  const { seen, told, followed } = world.flux.state();
  const releases = Map.groupBy(followed, releaseNameOf);
  const cards = await Promise.all([...releases].map(([name, parts]) => renderRelease(world, name, parts)));
  return page(
    world,
    'Cluster',
    html`<h1>The cluster</h1>
<p>The sandbox simulates Flux and a cluster; no real cluster runs. Flux follows the branch <code>gitops</code>${seen === null ? html`, which does not exist yet` : html`, last read at ${shaLink(world, seen)}`}. ${renderBehavior(told)}</p>
${cards.length > 0 ? cards : empty('Nothing has been applied yet.')}
<h2>Make it slow, or fail</h2>
<pre>curl -H 'authorization: Bearer admin-token' ${world.url}${FLUX_CONTROL_PATH} -d '{"delay": "30s"}'</pre>
<table><tr><th>Send</th><th>and Flux</th></tr>
${EXAMPLES.map(([say, does]) => html`<tr><td><code>${say}</code></td><td>${does}</td></tr>`)}</table>
<p><code>GET ${FLUX_CONTROL_PATH}</code> shows all of this as JSON.</p>`,
  );
}

const EXAMPLES = [
  ['{"delay": "30s"}', 'applies a commit after this delay'],
  ['{"ready": "1m"}', 'has its Deployments ready, or gives up on them, after this delay'],
  ['{"suspended": true}', 'applies nothing until this is false again'],
  ['{"skip": 1}', 'misses the next commit'],
  ['{"fail": {"deployment": "echo/echo-v2"}}', 'never gets that Deployment ready; with "early": true it fails at once'],
  [
    '{"fail": {"object": "RouteTable/echo/echo-routes", "message": "no"}}',
    'cannot apply that object, and applies no other of its folder',
  ],
  ['{"fail": []}', 'has no failures any more'],
  ['{"drop": 1}', 'loses the next event'],
  ['{"repeat": 1}', 'sends each event twice'],
  ['{"cluster": "eu"}', 'names this cluster in each event'],
] as const;

function renderBehavior({ suspended, fail, delay, ready }: FluxBehavior): Html {
  if (suspended) return html`${badge('suspended')} It applies nothing until it is resumed.`;
  const faults = fail.map((fault) => ('deployment' in fault ? `Deployment/${fault.deployment}` : fault.object));
  return html`It applies a commit ${delay} after the push; Deployments take ${ready} more.${faults.length > 0 && html` Set to fail: ${faults.map((id) => html`<code>${id}</code> `)}`}`;
}

function releaseNameOf({ namespace, name }: FollowedKustomization): string {
  return `${namespace}/${name.replace(/-(?:workloads|routes)$/, '')}`;
}

async function renderRelease(
  world: SandboxWorld,
  name: string,
  parts: readonly FollowedKustomization[],
): Promise<Html> {
  const rows = await Promise.all(parts.map(async (part) => renderPart(world, name, part)));
  return html`<div class="card"><div class="top"><strong>${name}</strong></div><div class="inside">
<table class="list"><tr><th>Part</th><th>Applied</th><th>State</th><th>In the cluster</th></tr>${rows}</table></div></div>
`;
}

async function renderPart(world: SandboxWorld, release: string, followed: FollowedKustomization): Promise<Html> {
  const { name, applied, failure, objects, ready } = followed;
  const found = partOf(followed, [releaseIdFrom(release)]);
  const shares = await renderShares(world, found, followed);
  return html`<tr><td>${found?.part ?? name}</td><td>${applied ? shaLink(world, applied.commit) : html`<span class="quiet">nothing</span>`}</td>
<td>${badge(stateOf(followed))}</td>
<td>${Object.keys(objects).map((id) => html`<div><code>${id}</code>${id.startsWith('Deployment/') && html` ${badge(readyWord(followed, ready[id] !== undefined))}`}</div>`)}${shares}${failure && html`<pre class="wrap">${failure.reason} at ${failure.commit.slice(0, 7)}: ${failure.message}</pre>`}</td></tr>
`;
}

function stateOf({ checking, failure, applied }: FollowedKustomization): string {
  if (checking) return 'in_progress';
  if (failure) return 'failure';
  return applied ? 'success' : 'queued';
}

function readyWord({ checking }: FollowedKustomization, isReady: boolean): string {
  if (isReady) return 'ready';
  return checking ? 'starting' : 'not_ready';
}

/** Renders each version's share of the traffic, according to the applied routes. */
async function renderShares(
  { repository }: SandboxWorld,
  found: PartOfRelease | undefined,
  { applied }: FollowedKustomization,
): Promise<Html | false> {
  if (found?.part !== 'routes' || !applied) return false;
  const objects = await fetchObjects(repository.folder, applied.commit, applied.path).catch(() => []);
  const routes = readRoutes(
    found.id,
    objects.map(({ object }) => object as CoreManifest),
  );
  const traffic = routes && trafficIn(routes);
  if (!traffic) return false;
  const { primary, canary, headers, shadow } = traffic;
  const shares = [
    `${primary} ${canary ? 100 - canary.weight : 100} %`,
    ...(canary ? [`${canary.version} ${canary.weight} %`] : []),
    ...(headers ? [`with the header ${headers.version}`] : []),
    ...(shadow ? [`copied to ${shadow.version} ${shadow.percentage} %`] : []),
  ];
  return html`<div><strong>${shares.join(', ')}</strong></div>`;
}
