import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/core/commands/index.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { hear as hearFlux } from '../publish/parts-world.ts';
import {
  ALL,
  answerTo,
  BETA,
  DARK,
  DELAY,
  DRAINING,
  ECHO,
  FLUX,
  HALF,
  HEADER,
  HOLD_FILE,
  jobOf,
  live,
  openPull,
  release,
  SETTINGS,
  say,
  stateOf,
  talkWorld,
  write,
} from './world.ts';

/** What a reader is told, of whom nothing is written but the answer. */
async function told(world: FakeWorld, line = '/status echo', more: Parameters<typeof say>[2] = {}): Promise<string> {
  const before = stateOf(world);
  const answer = await say(world, line, { author: 'reader', ...more });
  expect(stateOf(world)).toEqual(before);
  return answer;
}

/** The line that begins so, without its heading. */
function lineOf(answer: string, what: string): string | undefined {
  const line = answer.split('\n').find((each) => each.startsWith(`- ${what}: `));
  return line?.slice(what.length + 4);
}

const historyOf = (answer: string) => {
  const fold = /<details><summary>History<\/summary>\n\n([\s\S]*?)\n\n<\/details>/.exec(answer)?.[1];
  return fold?.split('\n').map((line) => line.replace(/^- [-0-9]+ [:0-9]+ UTC: /, '').replace(/`[0-9a-f]{7}`$/, 'SHA'));
};

describe('/status', () => {
  test('says to a reader what is desired, published and live', async () => {
    const world = await talkWorld(FLUX, HALF);
    const [main, gitops] = ['main', 'gitops'].map((branch) => world.repository.tipOf(branch));
    const answer = await told(world);
    expect(answer.split('\n')[0]).toBe('### echo: v1 serves 50% and v2 50%');
    expect(lineOf(answer, 'State')).toBe('shifting: v2 is the canary, with 50%.');
    expect(answer).toContain('v1 ██████████░░░░░░░░░░  50%\nv2 ██████████░░░░░░░░░░  50%\n');
    expect(lineOf(answer, 'Desired')).toBe(`v1 50% v2 50%, by ${main?.sha.slice(0, 7)}.`);
    const at = gitops?.date.toISOString().slice(0, 19).replace('T', ' ');
    expect(lineOf(answer, 'Published')).toBe(`the same, in ${gitops?.sha.slice(0, 7)}, ${at} UTC.`);
    expect(lineOf(answer, 'Live')).toMatch(/^all of it, since 2026-05-04 12:00:\d\d UTC\.$/);
    expect(lineOf(answer, 'Hold')).toBeUndefined();
    expect(world.pulls.written.filter((line) => /^react/.test(line))).toEqual(['react eyes to 7', 'react rocket to 7']);
  });

  test.each([
    ['dark', DARK, 'dark: v2 without traffic.', 'canary v2 none -> 0%'],
    ['header', HEADER, 'header: v2 is the canary, for testers alone.', 'canary v2 0% -> 50%'],
    ['shifting', HALF, 'shifting: v2 is the canary, with 50%.', 'canary v2 50% -> 100%'],
    ['shifted', ALL, 'shifted: v2 is the canary, with 100%.', 'primary v1 -> v2, canary done'],
    ['draining', DRAINING, 'draining: v1 was the primary, and waits to be dropped.', 'stops v1'],
  ])('%s: what /promote would do', async (_, echo, state, next) => {
    const world = await talkWorld(FLUX, echo);
    const answer = await told(world);
    expect(lineOf(answer, 'State')).toBe(state);
    expect(lineOf(answer, 'Next')).toContain(next);
    expect(lineOf(answer, 'Next')).not.toContain('❌');
    expect(await say(world, '/promote echo')).toContain(`echo: ${next}`); // and it does
  });

  test('stable: why there is nothing to promote', async () => {
    const answer = await told(await talkWorld(FLUX));
    expect(answer.split('\n')[0]).toBe('### echo: v1 serves everything');
    expect(lineOf(answer, 'State')).toBe('stable: it runs the primary alone.');
    expect(lineOf(answer, 'Next')).toContain('it runs v1 alone');
  });

  test('by delay it is only taken for live', async () => {
    const answer = await told(await talkWorld(DELAY, HALF));
    expect(lineOf(answer, 'Live')).toMatch(/^taken for live, since .* UTC \(no cluster is heard\)\.$/);
  });

  test('names what a promotion waits for, with Flux’s words', async () => {
    const world = await talkWorld(`${FLUX}rollout: { soak: 10m, gates: [errors] }\n`, HALF);
    await hearFlux(world, 'echo-routes', { failed: 'no matches for kind "RouteTable" <b>' });
    const answer = await told(world);
    expect(lineOf(answer, 'Live')).toBe(
      '**failed**: Flux (default, routes) says `no matches for kind "RouteTable" <b>`.',
    );
    const next = lineOf(answer, 'Next') ?? '';
    expect(next).toContain('canary v2 50% -> 100%');
    expect(next).toContain('❌ the last step failed (see Live)');
    expect(answer.match(/no matches for kind/g)).toHaveLength(1);
    expect(next).toContain('it has soaked for');
    expect(next).toContain('the gate `errors`');
    expect(next).not.toContain('✅'); // only what is open
  });

  test('a cluster that is silent', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo');
    expect(lineOf(await told(world), 'Live')).toMatch(
      /^not yet: waits for cluster `default` \(last heard 2026-05-04 12:00:\d\d UTC\)\.$/,
    );
    world.advance(100_000);
    expect(lineOf(await told(world), 'Live')).toMatch(
      /^unknown: cluster `default` \(last heard [^)]* UTC\) has not confirmed it within `readiness.deadline`; .*`coalmine doctor`\.$/,
    );
  });

  test('a hold', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo "a *look*"');
    const answer = await told(world);
    expect(lineOf(answer, 'Hold')).toMatch(/^it is on hold, by `writer` since .* UTC: a \\\*look\\\*\.$/);
    expect(lineOf(answer, 'Next')).toContain('❌ it is on hold (see Hold)');
  });

  test('what is not published yet', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 60 }) } });
    const before = world.repository.tipOf('gitops')?.sha.slice(0, 7);
    const comment = write(world, '/status echo', { author: 'reader' });
    await runJob(jobOf(comment), world); // before the publication
    const answer = answerTo(world, comment);
    expect(lineOf(answer, 'Desired')).toContain('v1 40% v2 60%, by ');
    expect(lineOf(answer, 'Published')).toContain(`v1 50% v2 50%, in ${before}, `);
    expect(lineOf(answer, 'Next')).toContain('is not published yet');
  });

  test('values with errors, and a release of which nothing is published', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: HALF.replace('apiGroup: example', 'apiGroup: nowhere'), [BETA]: 'deployment: {}\n' },
    });
    await live(world);
    const answer = await told(world, '/status echo beta');
    const [, echo = '', beta = ''] = answer.split('### ');
    expect(lineOf(echo, 'Desired')).toContain('its values have errors');
    expect(lineOf(echo, 'Published')).toContain('v1 50% v2 50%, in ');
    expect(lineOf(echo, 'Next')).toContain('❌ the values have errors: no domain selects the API group "nowhere"');
    expect(beta.split('\n')[0]).toBe('beta: nothing serves');
    expect(lineOf(beta, 'State')).toBe('its values name no primary that can be read.');
    expect(lineOf(beta, 'Published')).toBe('nothing yet.');
    expect(lineOf(beta, 'Live')).toBe('nothing.');
    expect(lineOf(beta, 'Next')).toContain(`\`${BETA}\``);
    expect(historyOf(beta)).toBeUndefined();
  });

  test('folds the history: what was published and held, by whom, why, newest first', async () => {
    const world = await talkWorld(`${FLUX}commands: { force: { users: [admin] } }\n`, HEADER);
    await say(world, '/hold echo "errors"', { author: 'other' });
    await say(world, '/promote echo --force "a demo"', { author: 'admin' });
    await say(world, '/resume echo');
    await live(world);
    expect(historyOf(await told(world))).toEqual([
      'hold lifted, by writer, #1, SHA',
      'canary v2 0% -> 50%, `v1 100% -> v1 50% v2 50%`, by admin, #2, because: a demo, SHA',
      'hold, by other, #1, because: errors, SHA',
      'send traffic to v1 100% (2/2), `v1 100%`, SHA',
      'start v1 and v2 (1/2), SHA',
    ]);
  });

  test('of the history only the ten newest', async () => {
    const world = await talkWorld(FLUX, HALF);
    for (let time = 0; time < 6; time++) {
      await say(world, '/hold echo');
      await say(world, '/resume echo');
    }
    const history = historyOf(await told(world));
    expect(history).toHaveLength(10);
    expect(history?.[0]).toBe('hold lifted, by writer, #1, SHA');
  });

  test('without a name it is about what the pull request changes', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HALF, [BETA]: HALF });
    const pull = openPull(world, { [BETA]: `# note\n${HALF}` });
    const answer = await told(world, '/status', { pull });
    expect(answer).toMatch(/^### beta: v1 serves/);
    expect(answer).not.toContain('### echo');
    expect(await told(world, '/status ecoh')).toContain('No release is called `ecoh`. Did you mean `echo`?');
  });

  test('is for whom the settings let', async () => {
    const world = await talkWorld(
      `${FLUX}commands: { status: { permission: write }, help: { permission: admin, users: [boss] } }\n`,
      HALF,
    );
    expect(await told(world)).toContain('`/status` takes the permission `write`; `reader` has `read` here.');
    expect(await told(world, '/help')).toContain(
      '`/help` takes the permission `admin`, or one of `boss` who may `write`; `reader` has `read` here.',
    );
    expect(await told(world, '/status echo', { author: 'writer' })).toContain('### echo: v1 serves');
  });
});

describe('/help', () => {
  test('lists every command, and who may use each here', async () => {
    const settings = `${FLUX}commands: { promote: { teams: [ops], users: [boss] }, force: { permission: admin } }\n`;
    const answer = await told(await talkWorld(settings), '/help');
    const rows = answer.split('\n').filter((line) => line.startsWith('| `/'));
    expect(rows).toHaveLength(COMMANDS.length);
    for (const { usage, help } of COMMANDS) expect(answer).toContain(`| \`${usage}\` | ${help} | `);
    const of = (verb: string) =>
      rows
        .find((row) => row.startsWith(`| \`/${verb}`))
        ?.split(' | ')
        .at(-1);
    expect(of('promote')).toBe('`write`, `boss`, the team `ops` |');
    expect(of('rollback')).toBe('`write` |');
    expect(of('status')).toBe('`read` |');
    expect(answer).toContain('`--force` is for `admin`.');
  });

  test('lists them without the rights where the settings have errors', async () => {
    const world = await talkWorld(FLUX);
    world.repository.push({ branch: 'main', files: { [SETTINGS]: 'nonsense: 1\n' } });
    const answer = await told(world, '/help');
    expect(answer.split('\n')[0]).toBe('| line | what it does |');
    expect(answer).toContain('those whom the settings name');
  });

  test('beside other commands is one answer, in their order', async () => {
    const world = await talkWorld(FLUX, HALF);
    const answer = await say(world, '/help\n\n/hold echo\n\n/status echo');
    expect(answer).toMatch(/^\| line [\s\S]*on hold from now on[\s\S]*### echo: v1 serves[\s\S]*- Hold: it is on hold/);
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBeDefined();
  });
});
