import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { FOLLOWING_MARKER } from '../../src/core/report/following.ts';
import { splitSection } from '../../src/core/report/section.ts';
import { textsOf } from './cli.ts';
import type { Clone, Story, User } from './story.ts';

/** A pull request that commands are typed on, and what has come of them, in HTTP and git. */
export interface Talk {
  readonly clone: Clone;
  readonly number: number;
  /** Comments, and waits until the App has done all of it; `meanwhile` begins once the comment is there. */
  say(user: User, body: string, meanwhile?: () => Promise<unknown>): Promise<Said>;
  /** A command of the writer that is carried out: with one merge of one values file on main. */
  moves(line: string): Promise<Moved>;
  /** A command that is refused: nothing is written anywhere; the answer. */
  declines(line: string, user?: User): Promise<string>;
  /** What the App has said to a comment by now. */
  answerTo(comment: number): Promise<Said>;
  /** Commits to main, and waits until it is published. */
  push(files: Readonly<Record<string, string>>): Promise<string>;
  /** Opens a pull request of a branch on main with these files. */
  open(user: User, branch: string, files: Readonly<Record<string, string>>): Promise<number>;
  /** Merges a pull request, and waits until it is published; the merge commit. */
  merge(user: User, pull: number): Promise<string>;
  /** Lets Flux apply all there is, and what the App publishes once it has heard of that. */
  settle(told?: Readonly<Record<string, unknown>>): Promise<void>;
  /** A file as main has it, byte for byte. */
  textOf(file: string): Promise<string>;
  /** The files below a folder of gitops. */
  published(folder: string): Promise<ReadonlyMap<string, string>>;
  /** Every ref of the repository: what is the same was not written to. */
  refs(): Promise<readonly string[]>;
  tips(): Promise<{ readonly main: string; readonly gitops: string }>;
  /** The commits that a branch has beyond that one, the oldest first. */
  since(branch: string, sha: string): Promise<readonly Written[]>;
}

export interface Said {
  readonly id: number;
  readonly reactions: readonly string[]; // of the App
  readonly answers: readonly string[];
}

export interface Moved {
  readonly id: number;
  readonly answer: string; // to the command, without what follows it
  readonly merged: Written;
  readonly published: readonly Written[]; // on gitops, before Flux has applied any of it
}

export interface Written {
  readonly sha: string;
  readonly subject: string;
  readonly trailers: string;
  readonly files: readonly string[]; // `M path`
}

/** Settings under which the App merges what it proposes, and Flux's word is all that a publication waits for. */
const SETTINGS = `domains: {example: {render: true}}
readiness: {by: flux, drain: 0s}
merge: all
`;
const BOT = 'coalmine[bot]';
const ROUNDS = 6;

/** Opens a pull request that changes no release: what is commanded there is written to pull requests of its own. */
export async function startTalk(story: Story, files: Readonly<Record<string, string>> = {}): Promise<Talk> {
  const clone = await story.clone('admin');
  const fetchAll = () =>
    clone.git(
      'fetch',
      '--quiet',
      '--prune',
      'origin',
      '+refs/heads/*:refs/remotes/origin/*',
      '+refs/coalmine/*:refs/coalmine/*',
    );
  const commitOnMain = async (branch: string, changed: Readonly<Record<string, string>>) => {
    await fetchAll();
    await clone.git('checkout', '--quiet', '--force', '-B', branch, '--no-track', 'origin/main');
    for (const [path, text] of Object.entries(changed)) {
      await mkdir(dirname(join(clone.folder, path)), { recursive: true });
      await writeFile(join(clone.folder, path), text);
    }
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', `--message=${branch}`);
    return clone.git('rev-parse', 'HEAD');
  };
  const get = async <T>(path: string): Promise<T> => (await story.request('reader', 'GET', path)).body as T;
  const refs: Talk['refs'] = async () => {
    const all = (await clone.git('ls-remote', 'origin')).split('\n');
    return all.filter((line) => !/\trefs\/pull\/\d+\/merge$/.test(line)); // GitHub makes that anew at each read
  };
  const tips: Talk['tips'] = async () => {
    const all = new Map((await refs()).map((line) => line.split('\t').reverse() as [string, string]));
    return { main: all.get('refs/heads/main') ?? '', gitops: all.get('refs/heads/gitops') ?? '' };
  };
  const push: Talk['push'] = async (changed) => {
    const sha = await commitOnMain('main', changed);
    await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'), sha);
    return sha;
  };
  const open: Talk['open'] = async (user, branch, changed) => {
    const sha = await commitOnMain(branch, changed);
    await story.after('push', () => clone.git('push', '--quiet', 'origin', branch), sha);
    let number = 0;
    const act = async () => {
      const { body } = await story.request(user, 'POST', '/pulls', { title: branch, head: branch, base: 'main' });
      number = (body as { number: number }).number;
    };
    await story.after('pull_request', act, sha);
    return number;
  };

  await push({ '.github/coalmine.yml': SETTINGS, ...files });
  const number = await open('writer', 'notes', { 'NOTES.md': 'Commands are typed here.\n' });
  const answerTo: Talk['answerTo'] = async (id) => {
    const reactions = await get<{ content: string; user: { login: string } }[]>(`/issues/comments/${id}/reactions`);
    const comments = await get<{ body: string; user: { login: string } }[]>(`/issues/${number}/comments?per_page=100`);
    const marker = `<!-- coalmine:answer ${id} -->`;
    return {
      id,
      reactions: reactions.filter(({ user }) => user.login === BOT).map(({ content }) => content),
      answers: comments
        .filter(({ user, body }) => user.login === BOT && body.startsWith(marker))
        .map(({ body }) => body.slice(marker.length).trim()),
    };
  };
  const since: Talk['since'] = async (branch, sha) => {
    await fetchAll();
    const format = '--format=%x01%H%x00%s%x00%(trailers)%x00';
    const range = `${sha}..origin/${branch}`;
    const log = await clone.git('log', '--reverse', '--first-parent', '--name-status', format, range);
    return log
      .split('\x01')
      .slice(1)
      .map((commit) => {
        const [sha = '', subject = '', trailers = '', files = ''] = commit.split('\0');
        return { sha, subject, trailers, files: files.trim().replaceAll('\t', ' ').split('\n') };
      });
  };
  const say: Talk['say'] = async (user, body, meanwhile) => {
    let id = 0;
    const act = async () => {
      const { body: comment } = await story.request(user, 'POST', `/issues/${number}/comments`, { body });
      id = (comment as { id: number }).id;
      await meanwhile?.();
    };
    await story.after('issue_comment', act, `"sender":{"login":"${user}"`); // and not an answer
    return answerTo(id);
  };
  return {
    clone,
    number,
    push,
    open,
    refs,
    tips,
    since,
    say,
    answerTo,
    moves: async (line) => {
      const { main, gitops } = await tips();
      const { id, reactions, answers } = await say('writer', line);
      expect([line, reactions, answers]).toEqual([line, ['eyes', 'rocket'], [expect.any(String)]]);
      const [merged, ...others] = await since('main', main);
      if (!merged) throw new Error(`${line} merged nothing: ${answers[0]}`);
      expect(others).toEqual([]);
      expect(merged.files).toEqual([expect.stringMatching(/^M charts-values\//)]);
      expect(answers[0]).toContain(`, merged as ${merged.sha}.`);
      const published = await since('gitops', gitops);
      for (const { trailers } of [merged, ...published]) {
        expect(trailers).toMatch(/^Requested-By: writer$/m);
        expect(trailers).toMatch(new RegExp(`^Command: ${id}$`, 'm'));
      }
      const { asked } = splitSection(answers[0] ?? '', FOLLOWING_MARKER);
      return { id, answer: asked, merged, published };
    },
    declines: async (line, user = 'writer') => {
      const before = await refs();
      const { reactions, answers } = await say(user, line);
      expect([line, reactions, answers]).toEqual([line, ['eyes', 'confused'], [expect.any(String)]]);
      expect(answers[0]).toContain('Nothing was done.');
      expect(await refs()).toEqual(before);
      return answers[0] ?? '';
    },
    merge: async (user, pull) => {
      let answer: { status: number; body: unknown } = { status: 0, body: undefined };
      const act = async () => {
        answer = await story.request(user, 'PUT', `/pulls/${pull}/merge`, {});
        if (answer.status !== 200) throw new Error(`#${pull} was not merged: ${JSON.stringify(answer)}`);
      };
      await story.after('push', act, '"ref":"refs/heads/main"'); // and not one of gitops
      return (answer.body as { sha: string }).sha;
    },
    settle: async (told) => {
      let before = '';
      let now = (await tips()).gitops;
      for (let round = 0; now !== before; round++) {
        if (round === ROUNDS) throw new Error('gitops moves on and on');
        before = now;
        await story.settleFlux(round === 0 ? told : undefined);
        now = (await tips()).gitops;
      }
    },
    textOf: async (file) => {
      await fetchAll();
      await clone.git('checkout', '--quiet', '--force', '--detach', 'origin/main');
      return readFile(join(clone.folder, file), 'utf8');
    },
    published: async (folder) => {
      await fetchAll();
      await clone.git('checkout', '--quiet', '--force', '--detach', 'origin/gitops');
      const files = Object.entries(await textsOf(join(clone.folder, folder)));
      return new Map(files.map(([path, text]) => [`${folder}/${path}`, text]));
    },
  };
}
