import { domainFor, noDomain } from './explain-domain.ts';
import type { Explanation, Request, World } from './explanation.ts';
import { targetServing } from './targets.ts';

/** Which version answers a request, in percent, as the target of its domain decides it. */
export function explainRequest(request: Request, world: World): Explanation {
  const domain = domainFor(request.host, world.domains);
  if (!domain) {
    return { answer: { release: null, reason: noDomain(request.host, world.domains) }, variations: [], missing: [] };
  }
  return targetServing(domain).explain(request, domain, world);
}
