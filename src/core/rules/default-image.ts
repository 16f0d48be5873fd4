import { join } from '../model/pointer.ts';
import { DEMONSTRATION_IMAGE } from '../model/version/image.ts';
import type { DraftRule } from './rule.ts';

/** A version that names no image runs the demonstration image: fine for a tour, hardly what a service wants. */
export const defaultImage: DraftRule = {
  id: 'default-image',
  severity: 'warning',
  about: 'draft',
  isAboutAbsence: true,
  check: ({ draft: { versions } }) =>
    [...(versions ?? [])]
      .filter(([, { image = DEMONSTRATION_IMAGE, upstream }]) => image === DEMONSTRATION_IMAGE && !upstream)
      .map(([version]) => ({
        path: join('/deployment', version),
        shownAt: 'key',
        message: `"${version}" runs the demonstration image ${DEMONSTRATION_IMAGE}; name the service's own with "image:"`,
      })),
};
