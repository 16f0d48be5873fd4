import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Story } from '../support/story.ts';

/** Text by path; undefined: the file goes. */
type Files = Readonly<Record<string, string | undefined>>;

/** What people do with the repository, over git and HTTP. */
export interface Users {
  /** Merges a pull request with these files; resolves, with the time of the merge, when the App has done its first part. */
  merge(title: string, files: Files): Promise<number>;
  /** The gitops branch's commit. */
  tip(): Promise<string>;
  /** Subjects of the gitops branch's commits since that one, oldest first. */
  published(since: string): Promise<readonly string[]>;
  /** A file at a ref. */
  read(ref: string, path: string): Promise<string>;
}

export async function startUsers(story: Story): Promise<Users> {
  const { folder, git } = await story.clone('writer');
  let count = 0;

  async function push(title: string, files: Files): Promise<string> {
    const branch = `change-${++count}`;
    await git('fetch', '--quiet', 'origin', 'main');
    await git('checkout', '--quiet', '-b', branch, 'FETCH_HEAD');
    for (const [path, text] of Object.entries(files)) await write(join(folder, path), text);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', title);
    await git('push', '--quiet', 'origin', branch);
    return branch;
  }

  async function tip(): Promise<string> {
    await git('fetch', '--quiet', 'origin', '+refs/heads/gitops:refs/gitops');
    return git('rev-parse', 'refs/gitops');
  }

  return {
    merge: async (title, files) => {
      const head = await push(title, files);
      let number = 0;
      await story.after('pull_request', async () => {
        const { body } = await story.request('writer', 'POST', '/pulls', { title, head, base: 'main' });
        ({ number } = body as { readonly number: number });
      });
      let at = 0;
      await story.after('push', async () => {
        const { status, body } = await story.request('writer', 'PUT', `/pulls/${number}/merge`);
        if (status !== 200) throw new Error(`the merge was answered with ${status}: ${JSON.stringify(body)}`);
        at = Date.now();
      });
      return at;
    },
    tip,
    published: async (since) => {
      await tip();
      const subjects = await git('log', '--reverse', '--format=%s', `${since}..refs/gitops`);
      return subjects.split('\n').filter((line) => line !== '');
    },
    read: async (ref, path) => {
      await git('fetch', '--quiet', 'origin', `+${ref}:refs/read`);
      return git('show', `refs/read:${path}`);
    },
  };
}

async function write(path: string, text: string | undefined): Promise<void> {
  if (text === undefined) return rm(path);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
