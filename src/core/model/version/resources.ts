import { asInKubernetes } from './field.ts';

export const resources = asInKubernetes('ResourceRequirements', {
  title: 'Resources',
  description: 'What the container asks for and may use, as in Kubernetes.',
  examples: [{ requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } }],
});

const PROBE_EXAMPLES = [{ httpGet: { path: '/healthz', port: 8080 } }];

export const readinessProbe = asInKubernetes('Probe', {
  title: 'Readiness probe',
  description: 'Whether the pod may get traffic, as in Kubernetes.',
  examples: PROBE_EXAMPLES,
});

export const livenessProbe = asInKubernetes('Probe', {
  title: 'Liveness probe',
  description: 'Whether the container must be restarted, as in Kubernetes.',
  examples: PROBE_EXAMPLES,
});

export const startupProbe = asInKubernetes('Probe', {
  title: 'Startup probe',
  description: 'Whether the container has started, as in Kubernetes.',
  examples: PROBE_EXAMPLES,
});
