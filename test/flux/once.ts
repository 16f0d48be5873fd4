/** What is applied by hand in a cluster, once, before Flux follows everything else. */
export function onceInACluster(url: string, interval: string): string {
  return `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: coalmine
  namespace: flux-system
spec:
  interval: ${interval}
  url: ${url}
  ref:
    branch: gitops
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: coalmine
  namespace: flux-system
spec:
  interval: 10m
  path: ./flux
  prune: true
  sourceRef:
    kind: GitRepository
    name: coalmine
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: coalmine-release
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: ["*"]
  - apiGroups: [apps]
    resources: [replicasets]
    verbs: [list]
  - apiGroups: [""]
    resources: [services]
    verbs: ["*"]
  - apiGroups: [autoscaling]
    resources: [horizontalpodautoscalers]
    verbs: ["*"]
  - apiGroups: [policy]
    resources: [poddisruptionbudgets]
    verbs: ["*"]
  - apiGroups: [gloo.solo.io]
    resources: [upstreams]
    verbs: ["*"]
  - apiGroups: [gateway.solo.io]
    resources: [routetables]
    verbs: ["*"]
`;
}
