/** Where a repository can be cloned from by others, and what it is called on GitHub. */
export interface Remote {
  readonly url: string; // https, http or ssh, without any password
  readonly host: string;
  readonly repository?: string; // OWNER/NAME, where the path is one
}

/**
 * Reads the address of a git remote, in any of git's forms; undefined for one that means something on this machine alone
 * (a path, file://). Tokens in such an address are left out.
 */
export function readRemote(address: string): Remote | undefined {
  const [, login, server, path = ''] = /^(?:([^@/:]+)@)?([^/:@]+):(?!\/\/)(.+)$/.exec(address) ?? [];
  const scp =
    server === undefined
      ? undefined
      : `ssh://${login === undefined ? '' : `${login}@`}${server}/${path.replace(/^\//, '')}`;
  const whole = scp ?? address;
  if (!/^(?:https?|ssh):\/\//i.test(whole) || !URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  url.password = '';
  if (url.protocol !== 'ssh:') url.username = '';
  url.search = '';
  url.hash = '';
  const host = url.protocol === 'ssh:' ? url.hostname : url.host;
  const [, repository] = /^\/([A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+?)(?:\.git)?\/?$/.exec(url.pathname) ?? [];
  return {
    url: url.href.replace(/\/$/, '').replaceAll("'", '%27'),
    host,
    ...(repository === undefined ? {} : { repository }),
  };
}
