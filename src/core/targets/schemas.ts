import type { ErrorObject, SchemaObject } from 'ajv/dist/2020.js';
import flux from '../../../schemas/flux.schema.json' with { type: 'json' };
import kubernetes from '../../../schemas/kubernetes.schema.json' with { type: 'json' };
import kustomize from '../../../schemas/kustomize.schema.json' with { type: 'json' };
import { definitionsOf } from '../schema/definitions.ts';
import type { Schemas } from './target.ts';

const ofKubernetes = definitionsOf(kubernetes as SchemaObject);
const ofFlux = definitionsOf(flux as SchemaObject);

/** Those of what no target has to itself. */
const SCHEMAS: Schemas = {
  v1: ofKubernetes,
  'apps/v1': ofKubernetes,
  'autoscaling/v2': ofKubernetes,
  'policy/v1': ofKubernetes,
  'rbac.authorization.k8s.io/v1': ofKubernetes,
  'kustomize.toolkit.fluxcd.io/v1': ofFlux,
  'notification.toolkit.fluxcd.io/v1': ofFlux,
  'notification.toolkit.fluxcd.io/v1beta3': ofFlux,
  'source.toolkit.fluxcd.io/v1': ofFlux,
  'kustomize.config.k8s.io/v1beta1': definitionsOf(kustomize as SchemaObject),
};

/**
 * What the schema of its kind has against an object, of a target's own schemas or of those that all have. An API
 * version or kind that no template declares is a mistake of ours.
 */
export function errorsIn(
  object: { readonly apiVersion?: unknown; readonly kind: string },
  ofTarget: Schemas = {},
): readonly ErrorObject[] {
  const version = String(object.apiVersion);
  const check = ofTarget[version] ?? SCHEMAS[version];
  if (!check) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  return check(object.kind, object);
}
