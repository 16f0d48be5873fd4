import { type Domain, SETTINGS_FILE } from '../settings/settings.ts';

/**
 * The domain that answers for a host, in Envoy's order (`RouteMatcher::findVirtualHost`): the exact name, suffix
 * wildcards, prefix wildcards, each the longest first, then `*`; upper and lower case are one, and a port is ignored
 * unless a domain names it. Without a host it is the only domain there is, or the one with `*`.
 */
export function domainFor(host: string | undefined, domains: readonly Domain[]): Domain | undefined {
  if (host === undefined && domains.length === 1) return domains[0];
  const written = host?.toLowerCase() ?? '';
  const names = [written, written.replace(/:\d*$/, '')];
  const [first] = domains
    .flatMap(({ hosts }, index) => hosts.map((each) => ({ index, pattern: each.toLowerCase() })))
    .filter(({ pattern }) => pattern === '*' || names.some((name) => takes(pattern, name)))
    .sort((a, b) => rank(a.pattern) - rank(b.pattern) || b.pattern.length - a.pattern.length);
  return first && domains[first.index];
}

function takes(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (name.length < pattern.length) return false; // "*.example.com" doesn't take ".example.com"
  return (
    (pattern.startsWith('*') && name.endsWith(pattern.slice(1))) ||
    (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1)))
  );
}

function rank(pattern: string): number {
  if (pattern === '*') return 3;
  if (pattern.startsWith('*')) return 1;
  return pattern.endsWith('*') ? 2 : 0;
}

/** Why no domain answers, and what to do about it. */
export function noDomain(host: string | undefined, domains: readonly Domain[]): string {
  if (domains.length === 0) return `there is no domain; name one under domains in ${SETTINGS_FILE}`;
  const known = [...new Set(domains.flatMap(({ hosts }) => hosts))].join(', ');
  return host === undefined
    ? `there are several domains, and no host says which; known hosts: ${known}`
    : `no domain answers the host ${host}; known hosts: ${known}`;
}
