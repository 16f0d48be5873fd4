import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

const trees = '/repos/canary/shop/git/trees';

async function mainTree(fixture: Fixture): Promise<AnyJson> {
  return fixture.repo('anonymous', 'GET /git/trees/main?recursive=1');
}

function pathsOf(tree: AnyJson): string[] {
  return tree.tree.filter(({ type }: AnyJson) => type === 'blob').map(({ path }: AnyJson) => path);
}

async function allPaths(fixture: Fixture, sha: string): Promise<string[]> {
  return pathsOf(await fixture.repo('anonymous', `GET /git/trees/${sha}?recursive=true`));
}

test('a tree is read by branch, commit or its own SHA, one level or all', async () => {
  const fixture = await startFixture();
  const all = await mainTree(fixture);
  expect(pathsOf(all)).toEqual(['README.md', 'charts-values/echo.yaml', 'charts-values/foxtrot.yaml']);
  const level = await fixture.repo('anonymous', `GET /git/trees/${all.sha}`);
  expect(level.tree.map(({ path, type }: AnyJson) => `${type} ${path}`)).toEqual([
    'blob README.md',
    'tree charts-values',
  ]);
  const branch = await fixture.repo('anonymous', 'GET /git/trees/writer%2Fecho-25');
  expect(branch.sha).not.toBe(all.sha);
  expect((await fixture.call('anonymous', `GET ${trees}/nothing`)).status).toBe(404);
});

test('a tree is made of another with text, blobs, folders and removals', async () => {
  const fixture = await startFixture();
  const base = await mainTree(fixture);
  const folder = base.tree.find(({ path }: AnyJson) => path === 'charts-values');
  const blob = await fixture.repo('bot', 'POST /git/blobs', { content: 'AAEC', encoding: 'base64' });
  const made = await fixture.repo('bot', 'POST /git/trees', {
    base_tree: base.sha,
    tree: [
      { path: 'deep/er/text.txt', mode: '100644', type: 'blob', content: 'Grüße\n' },
      { path: 'run.sh', mode: '100755', type: 'blob', sha: blob.sha },
      { path: 'copy', mode: '040000', type: 'tree', sha: folder.sha },
      { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      { path: 'charts-values/foxtrot.yaml', mode: '100644', type: 'blob', sha: null },
    ],
  });
  expect(await allPaths(fixture, made.sha)).toEqual([
    'charts-values/echo.yaml',
    'copy/echo.yaml',
    'copy/foxtrot.yaml',
    'deep/er/text.txt',
    'run.sh',
  ]);
  const gone = await fixture.repo('bot', 'POST /git/trees', {
    base_tree: made.sha,
    tree: [{ path: 'copy', mode: '040000', type: 'tree', sha: null }],
  });
  expect(await allPaths(fixture, gone.sha)).not.toContain('copy/echo.yaml');
});

test('without a base a tree holds only what is given', async () => {
  const fixture = await startFixture();
  const tree = Array.from({ length: 120 }, (_, n) => ({ path: `f${n}`, mode: '100644', content: `${n}` }));
  const made = await fixture.repo('bot', 'POST /git/trees', { tree });
  expect(await allPaths(fixture, made.sha)).toHaveLength(120);
});

test.each([
  ['a path upwards', { path: '../x', mode: '100644', content: '' }],
  ['a path into .git', { path: 'a/.GIT/config', mode: '100644', content: '' }],
  ['an absolute path', { path: '/etc/x', mode: '100644', content: '' }],
  ['an unknown mode', { path: 'x', mode: '100666', content: '' }],
  ['a type that is not the mode', { path: 'x', mode: '100644', type: 'tree', content: '' }],
  ['text and SHA', { path: 'x', mode: '100644', content: '', sha: '1'.repeat(40) }],
  ['neither', { path: 'x', mode: '100644' }],
  ['a blob that is not there', { path: 'x', mode: '100644', sha: '1'.repeat(40) }],
  ['removing what is not there', { path: 'x', mode: '100644', sha: null }],
])('%s makes no tree', async (_, entry) => {
  const fixture = await startFixture();
  const base = await mainTree(fixture);
  const reply = await fixture.call('bot', `POST ${trees}`, { base_tree: base.sha, tree: [entry] });
  expect(reply.status, JSON.stringify(reply.body)).toBe(422);
});

test('commits are by the App, by a user, or by whom the request says', async () => {
  const fixture = await startFixture();
  const { sha: tree } = await mainTree(fixture);
  const commit = (as: 'bot' | 'writer', more: object = {}): Promise<AnyJson> =>
    fixture.repo(as, 'POST /git/commits', { message: 'Say\n\nmore', tree, parents: [], ...more });
  expect((await commit('bot')).author).toMatchObject({ name: 'coalmine[bot]' });
  const mine = await commit('writer');
  expect(mine).toMatchObject({ message: 'Say\n\nmore', author: { name: 'writer' }, committer: { name: 'writer' } });
  const author = { name: 'Ada <x>', email: 'ada@sandbox.test', date: '2020-01-02T03:04:05Z' };
  const theirs = await commit('bot', { author });
  expect(theirs.author).toMatchObject({ email: author.email, date: author.date });
  expect(theirs.committer).toMatchObject({ email: author.email });
  const bad = { message: 'x', tree: '1'.repeat(40) };
  expect((await fixture.call('bot', 'POST /repos/canary/shop/git/commits', bad)).status).toBe(422);
});

test('a blob keeps its bytes', async () => {
  const fixture = await startFixture();
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
  const { sha } = await fixture.repo('bot', 'POST /git/blobs', {
    content: bytes.toString('base64'),
    encoding: 'base64',
  });
  const blob = await fixture.repo('anonymous', `GET /git/blobs/${sha}`);
  expect(Buffer.from(blob.content, 'base64').equals(bytes)).toBe(true);
  const empty = await fixture.repo('bot', 'POST /git/blobs', { content: '' });
  expect(await fixture.repo('anonymous', `GET /git/blobs/${empty.sha}`)).toMatchObject({ size: 0, content: '' });
});

test('contents are read as files and folders, and written one at a time', async () => {
  const fixture = await startFixture();
  const path = '/contents/charts-values/echo.yaml';
  const file = await fixture.repo('anonymous', `GET ${path}`);
  expect(Buffer.from(file.content, 'base64').toString()).toContain('weight: 10');
  const branch = await fixture.repo('anonymous', `GET ${path}?ref=writer/echo-25`);
  expect(Buffer.from(branch.content, 'base64').toString()).toContain('weight: 25');
  expect(await fixture.repo('anonymous', 'GET /contents/charts-values')).toHaveLength(2);
  expect(await fixture.repo('anonymous', 'GET /contents/')).toHaveLength(2);

  const wanted = { message: 'Edit', content: Buffer.from('new\n').toString('base64') };
  const put = (more: object): ReturnType<Fixture['call']> =>
    fixture.call('writer', `PUT /repos/canary/shop${path}`, { ...wanted, ...more });
  expect((await put({})).status).toBe(422);
  expect((await put({ sha: '1'.repeat(40) })).status).toBe(409);
  expect((await put({ sha: file.sha })).status).toBe(200);
  const created = await fixture.call('writer', 'PUT /repos/canary/shop/contents/a%2Fb%20c.txt', wanted);
  expect(created).toMatchObject({ status: 201, body: { content: { path: 'a/b c.txt' }, commit: { message: 'Edit' } } });
  expect((await fixture.hooks.next('push')).payload.head_commit.modified).toEqual(['charts-values/echo.yaml']);
});

test('histories are compared and listed', async () => {
  const fixture = await startFixture();
  await fixture.repo('writer', 'PUT /contents/other.txt', { message: 'Other', content: '' });
  const compared = await fixture.repo('anonymous', 'GET /compare/main...canary:writer/echo-25');
  expect(compared).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, total_commits: 1 });
  expect(compared.files).toMatchObject([{ filename: 'charts-values/echo.yaml', status: 'modified', changes: 2 }]);
  expect(compared.files[0].patch).toContain('-    weight: 10\n+    weight: 25');
  const backwards = await fixture.repo('anonymous', `GET /compare/main...${compared.merge_base_commit.sha}`);
  expect(backwards).toMatchObject({ status: 'behind', ahead_by: 0, behind_by: 1, files: [] });
  expect((await fixture.call('anonymous', 'GET /repos/canary/shop/compare/main...none')).status).toBe(404);
  const touching = await fixture.repo('anonymous', 'GET /commits?path=other.txt&sha=main');
  expect(touching.map(({ commit }: AnyJson) => commit.message)).toEqual(['Other']);
  const one = await fixture.repo('anonymous', 'GET /commits/main');
  expect(one).toMatchObject({ author: { login: 'writer' }, stats: { total: 0 }, files: [{ status: 'added' }] });
});

test('renamed and binary files are told', async () => {
  const fixture = await startFixture();
  const base = await mainTree(fixture);
  const readme = base.tree.find(({ path }: AnyJson) => path === 'README.md');
  const blob = await fixture.repo('bot', 'POST /git/blobs', { content: 'AAEC', encoding: 'base64' });
  const tree = await fixture.repo('bot', 'POST /git/trees', {
    base_tree: base.sha,
    tree: [
      { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      { path: 'docs/read me.md', mode: '100644', type: 'blob', sha: readme.sha },
      { path: 'binary', mode: '100644', type: 'blob', sha: blob.sha },
    ],
  });
  const parents = [(await fixture.repo('anonymous', 'GET /git/ref/heads/main')).object.sha];
  const made = await fixture.repo('bot', 'POST /git/commits', { message: 'Move', tree: tree.sha, parents });
  const { files } = await fixture.repo('anonymous', `GET /commits/${made.sha}`);
  expect(files).toMatchObject([
    { filename: 'binary', status: 'added', additions: 0 },
    { filename: 'docs/read me.md', status: 'renamed', previous_filename: 'README.md', changes: 0 },
  ]);
  expect(files[0].patch).toBeUndefined();
});
