import { expect, test } from 'vitest';
import { readRemote } from '../../../src/core/model/remote.ts';

test.each([
  ['https://github.com/canary/shop', 'https://github.com/canary/shop', 'github.com', 'canary/shop'],
  ['https://github.com/canary/shop.git/', 'https://github.com/canary/shop.git', 'github.com', 'canary/shop'],
  ['git@github.com:canary/shop.git', 'ssh://git@github.com/canary/shop.git', 'github.com', 'canary/shop'],
  ['github.com:canary/shop', 'ssh://github.com/canary/shop', 'github.com', 'canary/shop'],
  [
    'ssh://git@git.example.com:2222/canary/shop',
    'ssh://git@git.example.com:2222/canary/shop',
    'git.example.com',
    'canary/shop',
  ],
  ['http://127.0.0.1:3001/canary/shop.git', 'http://127.0.0.1:3001/canary/shop.git', '127.0.0.1:3001', 'canary/shop'],
  [
    'https://git.example.com/teams/canary/shop.git',
    'https://git.example.com/teams/canary/shop.git',
    'git.example.com',
    undefined,
  ],
  ['https://git.example.com/shop', 'https://git.example.com/shop', 'git.example.com', undefined],
  ["https://github.com/it's/shop", 'https://github.com/it%27s/shop', 'github.com', undefined],
])('%s', (address, url, host, repository) => {
  expect(readRemote(address)).toEqual({ url, host, ...(repository === undefined ? {} : { repository }) });
});

test.each([
  ['https://x-access-token:ghs_secret@github.com/canary/shop'],
  ['https://ghp_secret@github.com/canary/shop'],
  ['https://github.com/canary/shop?token=secret'],
  ['ssh://git:secret@github.com/canary/shop'],
])('no secret comes out of %s', (address) => {
  expect(JSON.stringify(readRemote(address))).not.toContain('secret');
});

test.each(['/srv/git/shop.git', '../shop', 'file:///srv/git/shop.git', 'shop', '', 'https://'])(
  'nobody else can clone %j',
  (address) => expect(readRemote(address)).toBeUndefined(),
);
