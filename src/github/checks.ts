import { isDeepStrictEqual } from 'node:util';
import type { Annotation, CheckReport } from '../core/report/check-run.ts';
import type { Pulls } from '../flows/ports.ts';
import { isLost, unlessAbsent } from './absent.ts';
import { type Cache, createCache } from './cache.ts';
import { type AppIdentity, sameText } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';
import { githubOpenReviews } from './open-reviews.ts';

const MAX_ANNOTATIONS = 50;
const MAX_MESSAGE_BYTES = 65_536;
/** Value for "no basis": GitHub cannot remove a value that was written once. */
const NO_BASIS = '-';

interface RawCheck {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly external_id?: string | null;
  readonly app: { readonly id: number } | null;
  readonly output: {
    readonly title: string | null;
    readonly summary: string | null;
    readonly annotations_count: number;
  };
}

interface RawAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column?: number | null;
  readonly end_column?: number | null;
  readonly annotation_level: string | null;
  readonly title: string | null;
  readonly message: string | null;
}

interface NewCheck {
  readonly name: string;
  readonly sha: string;
  readonly part: ReturnType<typeof partsOf>[number] & Note;
  readonly known: RawCheck | undefined; // the newest before it
}

/** Reads and writes the App's check runs, found by name and commit. */
export function githubChecks(
  octokit: GitHub,
  repository: RepositoryName,
  app: AppIdentity,
  cache: Cache = createCache(),
): Pick<Pulls, 'fetchCheck' | 'fetchCheckStart' | 'fetchOpenReviews' | 'writeCheck'> {
  const { checks } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  const isOurs = (check: RawCheck, name: string) => check.name === name && check.app?.id === app.id;

  async function findCheck(sha: string, name: string): Promise<RawCheck | undefined> {
    const asked = { ...at, ref: sha, check_name: name, app_id: app.id, filter: 'latest' as const };
    const { data } = await checks.listForRef(asked);
    const ours = data.check_runs.filter((check) => isOurs(check, name));
    return ours.sort((one, other) => other.id - one.id)[0];
  }

  /** Whether a run has exactly these annotations, so that its other fields may be updated. */
  async function hasAnnotations({ id, output }: RawCheck, { annotations }: CheckReport): Promise<boolean> {
    if (output.annotations_count === 0 || output.annotations_count !== annotations.length) return false;
    const asked = octokit.paginate(checks.listAnnotations, { ...at, check_run_id: id, per_page: 100 });
    const theirs = (await unlessAbsent(asked, [404, 501])) ?? [];
    return isDeepStrictEqual(theirs.map(fieldsOf).sort(), annotations.map(formatAnnotation).map(fieldsOf).sort());
  }

  /** Creates a run without automatic retry, which would create a second run after a lost answer; looks for the run instead. */
  async function create({ name, sha, part, known }: NewCheck): Promise<number> {
    try {
      const asked = { ...at, name, head_sha: sha, ...part, request: { retries: 0 } };
      return (await checks.create(asked)).data.id;
    } catch (error) {
      const made = isLost(error) ? await findCheck(sha, name) : undefined;
      if (!made || made.id === known?.id) throw error;
      return made.id;
    }
  }

  return {
    fetchOpenReviews: githubOpenReviews({ octokit, repository, appId: app.id, cache, findCheck }),

    async fetchCheck(sha, name) {
      const found = await findCheck(sha, name);
      return found && { completed: found.status === 'completed', title: found.output.title ?? '' };
    },

    async fetchCheckStart(sha, name) {
      const asked = { ...at, ref: sha, check_name: name, app_id: app.id, filter: 'all' as const, per_page: 100 };
      const listed: readonly RawCheck[] = await octokit.paginate(checks.listForRef, asked);
      const times = listed.flatMap((check) => (isOurs(check, name) ? (check.started_at ?? []) : []));
      const first = Math.min(...times.map((time) => Date.parse(time)));
      return Number.isFinite(first) ? new Date(first) : undefined;
    },

    async writeCheck({ name, sha, report, basis }) {
      const known = await findCheck(sha, name);
      const noted = noteOf(basis, known);
      if (known && hasReport(known, report)) {
        if (noted.external_id !== undefined) await checks.update({ ...at, check_run_id: known.id, ...noted });
        return;
      }
      // An update can only add annotations, never remove them: a run with other annotations is followed by a new run.
      const kept = known !== undefined && (await hasAnnotations(known, report));
      let id = kept || known?.output.annotations_count === 0 ? known.id : undefined;
      for (const part of partsOf(kept ? { ...report, annotations: [] } : report)) {
        // No automatic retry with annotations: a second request would add them again.
        const once = part.output.annotations.length > 0 ? { request: { retries: 0 } } : {};
        if (id !== undefined) await checks.update({ ...at, check_run_id: id, ...part, ...noted, ...once });
        else id = await create({ name, sha, part: { ...part, ...noteOf(basis, undefined) }, known });
      }
    },
  };
}

interface Note {
  readonly external_id?: string;
}

/** The basis to write into a run, if any: the basis of an earlier report does not apply to a new one. */
function noteOf(basis: string | undefined, known: RawCheck | undefined): Note {
  const wanted = basis ?? (known?.external_id ? NO_BASIS : undefined);
  return wanted === undefined || wanted === known?.external_id ? {} : { external_id: wanted };
}

function hasReport({ status, conclusion, output }: RawCheck, report: CheckReport): boolean {
  return (
    status === (report.conclusion === undefined ? 'in_progress' : 'completed') &&
    conclusion === (report.conclusion ?? null) &&
    sameText(output.title, report.title) &&
    sameText(output.summary, report.summary) &&
    output.annotations_count === report.annotations.length
  );
}

/** The requests of a report, in order. Each replaces title and summary and adds annotations; the last one may complete the run. */
function partsOf({ conclusion, title, summary, annotations }: CheckReport) {
  const count = Math.max(1, Math.ceil(annotations.length / MAX_ANNOTATIONS));
  return Array.from({ length: count }, (_, index) => {
    const some = annotations.slice(index * MAX_ANNOTATIONS, (index + 1) * MAX_ANNOTATIONS);
    const output = { title, summary, annotations: some.map(formatAnnotation) };
    return index < count - 1 || conclusion === undefined
      ? { status: 'in_progress' as const, output }
      : { status: 'completed' as const, conclusion, output };
  });
}

function formatAnnotation({ path, startLine, endLine, startColumn, endColumn, level, title, message }: Annotation) {
  return {
    path,
    start_line: startLine,
    end_line: endLine,
    ...(startColumn === undefined ? {} : { start_column: startColumn }),
    ...(endColumn === undefined ? {} : { end_column: endColumn }),
    annotation_level: level,
    title,
    message: truncateMessage(message),
  };
}

/** An annotation as comparable text, equal before sending and after reading. */
function fieldsOf(annotation: RawAnnotation): string {
  const { path, start_line, end_line, annotation_level, title, message } = annotation;
  const columns = [annotation.start_column ?? null, annotation.end_column ?? null];
  return JSON.stringify([path, start_line, end_line, ...columns, annotation_level, title, message]);
}

/** Truncates a message to GitHub's limit, without half a character at its end. */
function truncateMessage(message: string): string {
  const bytes = Buffer.from(message);
  return bytes.length <= MAX_MESSAGE_BYTES
    ? message
    : bytes
        .subarray(0, MAX_MESSAGE_BYTES)
        .toString()
        .replace(/\uFFFD$/, '');
}
