import type { Release } from '../model/release.ts';
import { sharesOf, type Traffic } from '../model/traffic.ts';
import type { ChangeRule } from './rule.ts';

const FIELDS = [
  { field: 'port', what: 'port' },
  { field: 'targetPort', what: 'target port' },
  { field: 'selects', what: 'selector' },
] as const;

/**
 * A Service or backend that takes traffic doesn't become another one in place: pods that run, and Envoy, would still go
 * by the old port or selector. (Which single version a Service selects is a route, and moves like one.)
 */
export const liveServiceChanged: ChangeRule = {
  id: 'live-service-changed',
  severity: 'error',
  about: 'change',
  check: ({ before, after }) => {
    const [old, now] = [before.release, after.release];
    if (!old || !now || !deploysTraffic(old, before.traffic) || !deploysTraffic(now, after.traffic)) return [];
    return FIELDS.filter(({ field }) => old.service[field] !== now.service[field]).map(({ field, what }) => ({
      path: `/service/${field}`,
      message: `the Service takes traffic, and its ${what} changes in place (${old.service[field]} -> ${now.service[field]}): running pods would be cut off; keep ${old.service[field]}, or move to a values file with another name that takes over the paths: the old release keeps its traffic until the new one is ready`,
    }));
  },
};

/** Whether pods of ours get requests; an upstream outside has a Service of its own. */
function deploysTraffic({ versions }: Release, traffic: Traffic): boolean {
  return sharesOf(traffic).some(([version]) => versions.get(version) && !versions.get(version)?.upstream);
}
