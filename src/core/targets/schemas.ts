import type { ErrorObject, SchemaObject } from 'ajv/dist/2020.js';
import flux from '../../../schemas/flux.schema.json' with { type: 'json' };
import gloo from '../../../schemas/gloo.schema.json' with { type: 'json' };
import kubernetes from '../../../schemas/kubernetes.schema.json' with { type: 'json' };
import kustomize from '../../../schemas/kustomize.schema.json' with { type: 'json' };
import { type CheckDefinition, definitionsOf } from '../schema/definitions.ts';

const ofKubernetes = definitionsOf(kubernetes as SchemaObject);
const ofGloo = definitionsOf(gloo as SchemaObject);
const ofFlux = definitionsOf(flux as SchemaObject);

/** API version -> the schema that has its kinds. */
const SCHEMAS: Readonly<Record<string, CheckDefinition>> = {
  v1: ofKubernetes,
  'apps/v1': ofKubernetes,
  'autoscaling/v2': ofKubernetes,
  'policy/v1': ofKubernetes,
  'rbac.authorization.k8s.io/v1': ofKubernetes,
  'gateway.solo.io/v1': ofGloo,
  'gloo.solo.io/v1': ofGloo,
  'kustomize.toolkit.fluxcd.io/v1': ofFlux,
  'notification.toolkit.fluxcd.io/v1': ofFlux,
  'notification.toolkit.fluxcd.io/v1beta3': ofFlux,
  'source.toolkit.fluxcd.io/v1': ofFlux,
  'kustomize.config.k8s.io/v1beta1': definitionsOf(kustomize as SchemaObject),
};

/** What the schema of its kind has against an object. An API version or kind that no chart declares is a mistake of ours. */
export function errorsIn(object: { readonly apiVersion?: unknown; readonly kind: string }): readonly ErrorObject[] {
  const check = SCHEMAS[String(object.apiVersion)];
  if (!check) throw new Error(`no schema for ${object.apiVersion} ${object.kind}`);
  return check(object.kind, object);
}
