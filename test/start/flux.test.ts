import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Story, startStory } from '../support/story.ts';

// From the sandbox's Flux over signed events to what the App writes down of it.
let story: Story;
let clone: Clone;

beforeAll(async () => {
  story = await startStory();
  clone = await story.clone('reader');
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

/** Fetches what is known to be live; gives a file of it. */
async function live(file: string): Promise<string> {
  await clone.git('fetch', '--quiet', 'origin', '+refs/coalmine/live:refs/live', '+gitops:refs/gitops');
  return clone.git('show', `refs/live:${file}`);
}

test('what Flux has applied is known, in a ref that everybody can read', async () => {
  await story.settleFlux();
  const text = await live('releases/echo/echo.yml');
  const tip = await clone.git('rev-parse', 'refs/gitops');
  expect(text.match(new RegExp(tip, 'g'))?.length).toBeGreaterThan(3);
  expect(text).toContain('echo-v1:');
  expect(await live('clusters.yml')).toMatch(/^default: /);
  expect(await clone.git('rev-list', '--count', 'refs/live')).toMatch(/^[1-6]$/); // and not one for each event
});

test('what is said again, and what the App was down for, is made up for without a word too many', async () => {
  const before = await live('releases/echo/echo.yml');
  await story.settleFlux({ repeat: 2 });
  expect(await live('releases/echo/echo.yml')).toBe(before);
  await story.stopApp();
  await story.settleFlux({ repeat: 0, fail: { deployment: 'echo/echo-v2' } }); // no process listens
  await story.startApp();
  expect(await live('releases/echo/echo.yml')).toBe(before);
  await story.settleFlux({});
  expect(await live('releases/echo/echo.yml')).toContain("Deployment/echo/echo-v2 status: 'InProgress'");
  await story.settleFlux({ fail: [] });
  expect(await live('releases/echo/echo.yml')).not.toContain('failed:');
});

test('who has not the token is not listened to', async () => {
  const answer = await fetch(`${story.app().fluxUrl}?repository=canary/shop`, { method: 'POST', body: '{}' });
  expect(answer.status).toBe(401);
});
