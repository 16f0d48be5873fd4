import { TOPS } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import type { DraftRule } from './rule.ts';

// RFC 1035 label: what Kubernetes allows as the name of a Service.
const SERVICE_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// RFC 1123 label: what it allows as the name of a Namespace.
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The file's name is the name of a Service, its namespace that of a Namespace. */
export const releaseName: DraftRule = {
  id: 'release-name',
  severity: 'error',
  isFixed: true,
  about: 'draft',
  check: ({ draft }) => {
    const message = nameProblem(draft.id);
    return message === undefined ? [] : [{ path: '', shownAt: 'file', message }];
  },
};

/** What is wrong with the names of a release, in words; undefined where all can be used. */
function nameProblem({ stage, name, namespace }: ReleaseId): string | undefined {
  if (!SERVICE_NAME.test(name)) {
    return `the release's name "${name}", taken from the file's, can't be a Service: lower-case letters, digits and "-", a letter first, at most 63; rename the file`;
  }
  if (stage !== undefined && (!NAMESPACE.test(stage) || TOPS.includes(stage))) {
    return `"${stage}" can't be a stage: lower-case letters, digits and "-", at most 63, and none of ${TOPS.join(', ')}; rename its folder`;
  }
  if (!NAMESPACE.test(namespace))
    return `"${namespace}" can't be a Namespace: lower-case letters, digits and "-", at most 63`;
  if (namespace === 'domains')
    return 'the namespace "domains" is taken: flux/domains/ on the gitops branch holds the domains; rename the release or set its namespace';
  return undefined;
}
