import type { Draft } from '../model/draft.ts';
import { FILE_START, type Finding } from '../model/finding.ts';
import { TOPS } from '../model/places.ts';

// RFC 1035 label: what Kubernetes allows as the name of a Service.
const SERVICE_NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// RFC 1123 label: what it allows as the name of a Namespace.
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** The file's name is the name of a Service, its namespace that of a Namespace. */
export function releaseName(draft: Draft): readonly Finding[] {
  const { stage, name, namespace } = draft.id;
  const say = (message: string): Finding => ({
    rule: 'release-name',
    severity: 'error',
    file: draft.file,
    path: '',
    range: FILE_START,
    message,
  });
  if (!SERVICE_NAME.test(name)) {
    return [
      say(
        `the release's name "${name}", taken from the file's, can't be a Service: lower-case letters, digits and "-", a letter first, at most 63; rename the file`,
      ),
    ];
  }
  if (stage !== undefined && (!NAMESPACE.test(stage) || TOPS.includes(stage))) {
    return [
      say(
        `"${stage}" can't be a stage: lower-case letters, digits and "-", at most 63, and none of ${TOPS.join(', ')}; rename its folder`,
      ),
    ];
  }
  if (!NAMESPACE.test(namespace))
    return [say(`"${namespace}" can't be a Namespace: lower-case letters, digits and "-", at most 63`)];
  if (namespace === 'domains')
    return [
      say(
        'the namespace "domains" is taken: flux/domains/ on the gitops branch holds the domains; rename the release or set its namespace',
      ),
    ];
  return [];
}
