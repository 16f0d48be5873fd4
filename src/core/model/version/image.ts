import { readText } from '../shapes.ts';
import { versionField } from './field.ts';

/** The image of part 3 of the series: it answers every request with the text it was given. */
export const DEMONSTRATION_IMAGE = 'hashicorp/http-echo';

export const image = versionField({
  schema: {
    title: 'Image',
    description: "The container image. Without one the demonstration image answers with the version's name.",
    type: 'string',
    minLength: 1,
    pattern: '^\\S+$',
    default: DEMONSTRATION_IMAGE,
    examples: ['registry.example.com/echo:2.0.0'],
  },
  read: readText,
  complete: (written) => written ?? DEMONSTRATION_IMAGE,
  goesTo: 'version',
  isOfContainer: true,
});

/** Without an image they are the demonstration's, which says the version's name. */
export const args = versionField({
  schema: {
    title: 'Arguments',
    description: 'Arguments of the container, as in Kubernetes.',
    type: 'array',
    items: { type: 'string' },
    examples: [['-listen=:8080']],
  },
  read: (written): readonly string[] | undefined =>
    Array.isArray(written) ? written.filter((arg) => typeof arg === 'string') : undefined,
  complete: (written, { siblings, fullName, targetPort }) => {
    if (written || siblings.image !== undefined) return written;
    return [`-text=version:${fullName}`, `-listen=:${targetPort}`];
  },
  goesTo: 'version',
  isOfContainer: true,
});

export const imagePullPolicy = versionField({
  schema: {
    title: 'Image pull policy',
    description: 'As in Kubernetes.',
    enum: ['Always', 'IfNotPresent', 'Never'],
    examples: ['IfNotPresent'],
  },
  read: readText,
  complete: (written, { siblings }) => written ?? (siblings.image === undefined ? 'Always' : undefined),
  goesTo: 'container',
});
