import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import { join } from '../model/pointer.ts';
import { DEMONSTRATION_IMAGE } from '../values/to-release.ts';

/** A version that names no image runs the demonstration image: fine for a tour, hardly what a service wants. */
export function defaultImage(draft: Draft): readonly Finding[] {
  return [...(draft.versions ?? [])]
    .filter(([, { image = DEMONSTRATION_IMAGE, upstream }]) => image === DEMONSTRATION_IMAGE && !upstream)
    .map(([version]) => {
      const path = join('/deployment', version);
      return {
        rule: 'default-image',
        severity: 'warning',
        file: draft.file,
        path,
        range: draft.keyRangeOf(path),
        message: `"${version}" runs the demonstration image ${DEMONSTRATION_IMAGE}; name the service's own with "image:"`,
      };
    });
}
