import { randomUUID } from 'node:crypto';
import { type CommitWrite, parentOf, type RefWrite, refOf } from '../flows/ports.ts';
import { orUndefined, runGit, runGitText } from './program.ts';

/** Name and address that commits carry. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** Identity of the committer if git has no user name. */
const FALLBACK_IDENTITY: Identity = { name: 'coalmine', email: 'coalmine@localhost' };

/** Writes one commit on a ref that must still be at `expectedHead`. Returns its SHA, or 'moved'. */
export async function writeCommit(
  folder: string,
  write: CommitWrite | RefWrite,
  identity: Identity | undefined,
): Promise<string | 'moved'> {
  const { expectedHead } = write;
  const ref = refOf(write);
  if ((await fetchRef(folder, ref)) !== expectedHead) return 'moved';
  const who = identity ? formatIdentity(identity) : await committer(folder);
  const noObject = '0'.repeat(await idLength(folder));
  // fast-import only writes the objects; update-ref moves the ref by compare-and-swap, which fast-import cannot.
  const sha = await runGitText(folder, [...NO_HOOKS, 'fast-import', '--quiet', '--done', '--date-format=now'], {
    input: importStream(write, who, noObject),
  });
  if (expectedHead !== undefined && write.onto !== undefined && (await sameCommit(folder, sha, expectedHead)))
    return expectedHead;
  return (await moveRef(folder, { ref, sha, before: expectedHead, noObject })) ? sha : 'moved';
}

async function fetchRef(folder: string, ref: string): Promise<string | undefined> {
  return orUndefined(runGitText(folder, ['show-ref', '--verify', '--hash', ref]));
}

/** Whether two commits have the same tree and parents; their messages may differ. */
async function sameCommit(folder: string, one: string, other: string): Promise<boolean> {
  const asked = [one, other].map((sha) => runGitText(folder, ['show', '--no-patch', '--format=%T %P', sha]));
  const [first, second] = await Promise.all(asked);
  return first === second;
}

async function idLength(folder: string): Promise<number> {
  return (await runGitText(folder, ['rev-parse', '--show-object-format'])) === 'sha256' ? 64 : 40;
}

/** Options that skip the user's hooks, which are for the user's own work. */
const NO_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

/** Command that moves a ref and waits for another writer's lock. */
const UPDATE_REF = [...NO_HOOKS, '-c', 'core.filesRefLockTimeout=3000', 'update-ref'];

/** Moves the ref; returns false if another writer moved it first. */
async function moveRef(
  folder: string,
  {
    ref,
    sha,
    before,
    noObject,
  }: { readonly ref: string; readonly sha: string; readonly before: string | undefined; readonly noObject: string },
): Promise<boolean> {
  try {
    await runGit(folder, [...UPDATE_REF, ref, sha, before ?? noObject]);
    return true;
  } catch (error) {
    if ((await fetchRef(folder, ref)) !== before) return false;
    throw error;
  }
}

/**
 * One commit in the language of git fast-import: any number of blobs, the tree and the commit in one process. It needs a
 * ref to build on; the stream resets it to no object, so the ref is never written and a kill leaves nothing behind.
 */
function importStream(write: CommitWrite | RefWrite, who: string, noObject: string): string {
  const { files, message } = write;
  const parent = parentOf(write);
  const ref = `refs/coalmine/writing/${randomUUID()}`;
  const changes = [...files].map(([path, text]) => {
    return text === undefined ? `D ${quotePath(path)}\n` : `M 100644 inline ${quotePath(path)}\n${data(text)}`;
  });
  return [
    `commit ${ref}\nmark :1\ncommitter ${who} now\n${data(message)}`,
    parent === undefined ? '' : `from ${parent}\n`,
    ...changes,
    `get-mark :1\nreset ${ref}\nfrom ${noObject}\n\ndone\n`,
  ].join('');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Quotes a path for git: an invisible character becomes three octal digits. */
function quotePath(path: string): string {
  const octal = (character: string) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  return `"${path.replace(/[\u0000-\u001f"\\\u007f]/g, octal)}"`;
}

async function committer(folder: string): Promise<string> {
  const ident = await orUndefined(runGitText(folder, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']));
  return ident?.replace(/ [0-9]+ [-+][0-9]{4}$/, '') ?? formatIdentity(FALLBACK_IDENTITY);
}

function formatIdentity({ name, email }: Identity): string {
  return `${name} <${email}>`;
}
