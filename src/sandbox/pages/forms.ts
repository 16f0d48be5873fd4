import type { IncomingMessage } from 'node:http';
import { users } from '../accounts.ts';
import { actorFor } from '../auth.ts';
import { ApiError, type HttpAnswer, readBody } from '../http.ts';
import { operate } from '../rest/serve.ts';
import type { SandboxWorld } from '../world.ts';
import { notFoundPage, pathTo, refusedPage } from './layout.ts';
import { pullPage } from './pull.ts';
import type { RefusedForm } from './pull-forms.ts';

const MAX_BODY_BYTES = 256 * 1024;

/** A submitted form: its kind and its pull request. */
interface SubmittedForm {
  readonly pull: number;
  readonly form: RefusedForm['form'];
  readonly page: string;
}

/** Carries out a page's form through the REST API, as the user named in the form. */
export async function handleForm(world: SandboxWorld, request: IncomingMessage, path: string): Promise<HttpAnswer> {
  const submitted = formAt(world, path);
  if (!submitted) return { status: 405, raw: 'This page is read-only\n', headers: { allow: 'GET, HEAD' } };
  try {
    return await performForm(world, submitted, await readForm(request));
  } catch (problem) {
    if (problem instanceof ApiError) return refusedPage(world, problem, submitted.page);
    throw problem;
  }
}

/** Finds the form with that address. */
export function formAt(world: SandboxWorld, path: string): SubmittedForm | undefined {
  const [, owner, name, kind, number = '', form, ...more] = path.split('/');
  const { repository } = world;
  const isOurs = owner === repository.owner && name === repository.name && kind === 'pull' && /^\d+$/.test(number);
  if (!isOurs || (form !== 'comments' && form !== 'merge') || more.length > 0) return undefined;
  return { pull: Number(number), form, page: pathTo(world, `pull/${number}`) };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new ApiError(415, 'Send a form as application/x-www-form-urlencoded.');
  }
  try {
    return new URLSearchParams((await readBody(request, MAX_BODY_BYTES)).toString());
  } catch (problem) {
    if (!(problem instanceof ApiError) || problem.status !== 413) throw problem;
    throw new ApiError(
      413,
      "This text has more than 256 KiB. Use the browser's Back button: the browser still has your text.",
    );
  }
}

async function performForm(
  world: SandboxWorld,
  { pull, form, page }: SubmittedForm,
  fields: URLSearchParams,
): Promise<HttpAnswer> {
  const [as, text] = [fields.get('as') ?? '', fields.get('body') ?? ''];
  try {
    const made = form === 'comments' ? await comment(world, pull, as, text) : await merge(world, pull, as, fields);
    return { status: 303, raw: '', headers: { location: page + made } };
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const refused = { form, as, text, status: problem.status, message: messageOf(problem) };
    return (await pullPage(world, pull, refused)) ?? notFoundPage(world, page);
  }
}

async function comment(world: SandboxWorld, pull: number, as: string, body: string): Promise<string> {
  const made = await ask(world, as, `POST /issues/${pull}/comments`, { body });
  return `#issuecomment-${(made.body as { readonly id: number }).id}`;
}

/** Merges the head that the page showed, not a later one. */
async function merge(world: SandboxWorld, pull: number, as: string, fields: URLSearchParams): Promise<string> {
  await ask(world, as, `PUT /pulls/${pull}/merge`, { sha: fields.get('sha') });
  return '';
}

function ask(
  world: SandboxWorld,
  as: string,
  operation: string,
  body: Readonly<Record<string, unknown>>,
): Promise<HttpAnswer> {
  const user = users.find(({ login }) => login === as);
  if (!user) throw new ApiError(422, 'choose a user to act as');
  const [method = '', path = ''] = operation.split(' ');
  const { owner, name } = world.repository;
  return operate(world, {
    actor: actorFor(user),
    method,
    path: `/repos/${owner}/${name}${path}`,
    readBody: async () => body,
  });
}

function messageOf({ message, errors: [first] = [] }: ApiError): string {
  if (!first) return message;
  return first.message ?? (first.code === 'missing_field' ? 'the text is empty' : message);
}
