import { ApiError, invalid } from '../http.ts';
import type { Annotation, CheckRow } from '../store/state.ts';
import { optionalChoice, optionalList, optionalText, requiredText } from './input.ts';

type Body = Readonly<Record<string, unknown>>;
type CheckFields = Omit<CheckRow, 'id'>;

const statuses = ['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending'];
const conclusions = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'];
const levels = ['notice', 'warning', 'failure'];
const resource = 'CheckRun';
const longest = 65_535;
const annotationsPerRequest = 50;

/** Applies a request to a check run: replaces the output, and adds annotations to the existing ones. */
export function readCheck(body: Body, known: CheckFields, now: string): CheckFields {
  const { name, headSha, startedAt, externalId, detailsUrl } = known;
  return {
    headSha,
    name: optionalText(body, 'name', resource) ?? name,
    startedAt: readTime(body, 'started_at') ?? startedAt,
    externalId: optionalText(body, 'external_id', resource) ?? externalId,
    detailsUrl: optionalText(body, 'details_url', resource) ?? detailsUrl,
    ...readProgress(body, known, now),
    ...readOutput(body, known),
  };
}

/** Reads status and conclusion: a conclusion completes a run, a completed run needs one, any other status removes it. */
function readProgress(
  body: Body,
  known: CheckFields,
  now: string,
): Pick<CheckFields, 'status' | 'conclusion' | 'completedAt'> {
  const given = optionalChoice(body, 'conclusion', conclusions, resource);
  const completedAt = readTime(body, 'completed_at');
  const wanted = optionalChoice(body, 'status', statuses, resource);
  const status = given || completedAt ? 'completed' : (wanted ?? known.status);
  if (status !== 'completed') return { status, conclusion: null, completedAt: null };
  const conclusion = given ?? (wanted === 'completed' || completedAt ? null : known.conclusion);
  if (!conclusion)
    throw invalid(resource, 'conclusion', 'conclusion is required when status is completed', 'missing_field');
  return { status, conclusion, completedAt: completedAt ?? (given ? now : (known.completedAt ?? now)) };
}

function readTime(body: Body, field: string): string | undefined {
  const text = optionalText(body, field, resource);
  if (text === undefined) return undefined;
  if (Number.isNaN(Date.parse(text))) throw invalid(resource, field, `${field} is not a date`, 'invalid');
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}

function readOutput(body: Body, known: CheckFields): Pick<CheckFields, 'title' | 'summary' | 'text' | 'annotations'> {
  const output = body.output;
  if (typeof output !== 'object' || output === null) {
    const { title, summary, text, annotations } = known;
    return { title, summary, text, annotations };
  }
  const fields = output as Body;
  const summary = requiredText(fields, 'summary', resource);
  if (Buffer.byteLength(summary) > longest) {
    throw invalid(resource, 'summary', `summary exceeds a maximum bytesize of ${longest}`);
  }
  const title =
    known.title === null ? requiredText(fields, 'title', resource) : optionalText(fields, 'title', resource);
  const added = optionalList(fields, 'annotations', resource);
  if (added.length > annotationsPerRequest) {
    throw new ApiError(
      422,
      `Invalid request.\n\nNo more than ${annotationsPerRequest} items are allowed; ${added.length} were supplied.`,
    );
  }
  return {
    title: title ?? known.title,
    summary,
    text: cut(optionalText(fields, 'text', resource)),
    annotations: [...known.annotations, ...added.map(readAnnotation)],
  };
}

/** Truncates a long text, which GitHub does silently. */
function cut(text: string | undefined): string | null {
  if (text === undefined) return null;
  return Buffer.from(text)
    .subarray(0, longest)
    .toString()
    .replace(/\uFFFD$/, '');
}

function readAnnotation(body: Body): Annotation {
  const line = (field: string): number => {
    const value = optionalNumber(body, field);
    if (value === null) throw invalid(resource, `annotations.${field}`, undefined, 'missing_field');
    return value;
  };
  const [start, end] = [line('start_line'), line('end_line')];
  const [startColumn, endColumn] = [optionalNumber(body, 'start_column'), optionalNumber(body, 'end_column')];
  if (end < start) throw invalid(resource, 'annotations.end_line', 'end_line is before start_line', 'invalid');
  if (start !== end && (startColumn !== null || endColumn !== null)) {
    throw invalid(resource, 'annotations.start_column', 'columns are for annotations of one line only', 'invalid');
  }
  const level = optionalChoice(body, 'annotation_level', levels, resource);
  if (!level) throw invalid(resource, 'annotations.annotation_level', undefined, 'missing_field');
  return {
    path: requiredText(body, 'path', resource),
    start_line: start,
    end_line: end,
    start_column: startColumn,
    end_column: endColumn,
    annotation_level: level,
    message: requiredText(body, 'message', resource),
    title: optionalText(body, 'title', resource) ?? null,
    raw_details: optionalText(body, 'raw_details', resource) ?? null,
  };
}

function optionalNumber(body: Body, field: string): number | null {
  const value = body[field] ?? null;
  if (value !== null && !Number.isInteger(value)) {
    throw invalid(resource, `annotations.${field}`, `${field} must be a whole number`, 'invalid');
  }
  return value as number | null;
}
