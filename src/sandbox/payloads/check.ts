import type { Annotation, CheckRow, StatusRow } from '../store/state.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { formatApp, nodeId } from './account.ts';
import { encodePath } from './commit.ts';
import { formatLogin, formatMinimalPull } from './pull.ts';
import { pageUrl, repositoryUrl } from './repository.ts';

/** `check-run` */
export function formatCheck(world: SandboxWorld, check: CheckRow): Json {
  const url = `${repositoryUrl(world)}/check-runs/${check.id}`;
  const html = `${pageUrl(world)}/runs/${check.id}`;
  const pulls = world.state.pulls.all().filter(({ state, headSha }) => state === 'open' && headSha === check.headSha);
  return {
    id: check.id,
    name: check.name,
    node_id: nodeId('CheckRun', check.id),
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteOf(world, check) },
    app: formatApp(world),
    pull_requests: pulls.map((pull) => formatMinimalPull(world, pull)),
  };
}

/** The suite of an App's runs on a commit; its id is the id of the first run. */
function suiteOf({ state }: SandboxWorld, { headSha, id }: CheckRow): number {
  return state.checks.all().find((check) => check.headSha === headSha)?.id ?? id;
}

/** `check-annotation` */
export function formatAnnotation(world: SandboxWorld, check: CheckRow, annotation: Annotation): Json {
  const path = encodePath(annotation.path);
  return { ...annotation, blob_href: `${pageUrl(world)}/blob/${check.headSha}/${path}` };
}

/** `simple-commit-status` */
export function formatSimpleStatus(world: SandboxWorld, status: StatusRow): Json {
  return {
    url: `${repositoryUrl(world)}/statuses/${status.sha}`,
    avatar_url: `${world.url}/avatars/${status.author}`,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** `status` */
export function formatStatus(world: SandboxWorld, status: StatusRow): Json {
  return { ...formatSimpleStatus(world, status), creator: formatLogin(world, status.author) };
}
