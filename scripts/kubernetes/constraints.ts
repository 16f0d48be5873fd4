import type { Schema } from '../openapi/schema.ts';

/*
 * Constraints of Kubernetes' API server that are missing in its published description. The sources are the functions of
 * kubernetes/kubernetes pkg/apis/core/validation/validation.go and of k8s.io/apimachinery pkg/util/validation that are
 * named beside each constraint. If supported versions of Kubernetes differ, the milder constraint is used.
 */

// A $comment describes a pattern in words.
// IsDNS1123Label, IsDNS1123Subdomain
const LABEL: Schema = {
  pattern: '^(?=.{1,63}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  $comment: 'lower-case letters, digits and "-", at most 63',
};
const SUBDOMAIN: Schema = {
  pattern: '^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$',
  $comment: 'lower-case letters, digits, "-" and ".", at most 253',
};
// IsValidPortName: an IANA service name, with a letter in it
const PORT_NAME: Schema = {
  pattern: '^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]*[a-z0-9])?$',
  $comment: 'lower-case letters, digits and "-", at most 15, with a letter among them',
};
// IsQualifiedName: [prefix/]name; ValidateAnnotations takes capitals in the prefix too
const LABEL_KEY = qualified('a-z0-9');
const ANNOTATION_KEY = qualified('A-Za-z0-9');
// IsValidLabelValue
const LABEL_VALUE: Schema = {
  pattern: '^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$',
  $comment: 'letters, digits, "-", "_" and ".", at most 63, a letter or digit first and last',
};
// resource.ParseQuantity
const QUANTITY: Schema = {
  type: ['string', 'number'],
  pattern: '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
  $comment: 'a quantity like 500m, 2 or 128Mi',
};
// ValidateNonnegativeQuantity
const AMOUNT: Schema = { $ref: '#/$defs/Quantity', minimum: 0, pattern: '^[^-]', $comment: 'a quantity of 0 or more' };

// IsConfigMapKey
const DATA_KEY: Schema = {
  pattern: '^(?=.{1,253}$)(?!\\.\\.?$)(?!\\.\\.)[-._a-zA-Z0-9]+$',
  $comment: 'letters, digits, "-", "_" and "."',
};

const NOT_EMPTY: Schema = { minLength: 1 };
const PORT: Schema = { minimum: 1, maximum: 65535 };
const PORT_OR_NAME: Schema = {
  type: ['integer', 'string'],
  ...PORT,
  ...PORT_NAME,
  $comment: 'a number from 1 to 65535, or the name of a port',
};
const ONCE: Schema = { type: 'integer', minimum: 0, maximum: 1 };
const NATURAL: Schema = { minimum: 0 };
const MODE: Schema = { minimum: 0, maximum: 0o777 };
// IsValidUserID, IsValidGroupID
const ID: Schema = { minimum: 0, maximum: 2147483647 };
// validateLocalDescendingPath
const PATH_BELOW: Schema = { pattern: '^(?!/)(?!(.*/)?\\.\\.(/|$))', $comment: 'a relative path without ".."' };
const LABELS: Schema = { propertyNames: LABEL_KEY, additionalProperties: LABEL_VALUE };
// ValidateContainerResourceName: a bare name is one that Kubernetes knows
const RESOURCES: Schema = {
  properties: { cpu: AMOUNT, memory: AMOUNT, 'ephemeral-storage': AMOUNT },
  patternProperties: { '^(hugepages-.+|[^/]+/.+)$': AMOUNT },
  additionalProperties: false,
};
const FORBIDDEN: Schema = { not: {} };

function qualified(letters: string): Schema {
  const word = `[${letters}]([${letters}-]*[${letters}])?`;
  const name = '[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?';
  return {
    pattern: `^(?=[^/]{1,253}/|[^/]*$)(${word}(\\.${word})*/)?${name}$`,
    $comment: 'a name of at most 63 letters, digits, "-", "_" and ".", with or without a domain and "/" before it',
  };
}

function oneOf(...words: readonly string[]): Schema {
  return { enum: [...words] };
}

function required(...keys: readonly string[]): Schema {
  return { required: [...keys] };
}

/** Coalmine's own keyword: exactly one of these keys. */
function oneKey(...keys: readonly string[]): Schema {
  return { oneKey: { keys: [...keys], needed: true } };
}

/** At most one of these keys. */
function notTwo(...keys: readonly string[]): Schema {
  return { oneKey: { keys: [...keys], needed: false } };
}

const SELECTOR_OPERATORS = oneOf('In', 'NotIn', 'Exists', 'DoesNotExist');

/** Constraints by definition and property. */
export const CONSTRAINTS: Readonly<Record<string, Schema>> = {
  IntOrString: { type: ['integer', 'string'] },
  Quantity: QUANTITY,
  // ValidateObjectMeta: labels, annotations
  'ObjectMeta labels': LABELS,
  'ObjectMeta annotations': { propertyNames: ANNOTATION_KEY },
  'LabelSelector matchLabels': LABELS,
  'LabelSelectorRequirement operator': SELECTOR_OPERATORS,
  'LabelSelectorRequirement key': LABEL_KEY,
  'ServiceSpec selector': LABELS,

  // ValidateDeploymentSpec, ValidatePodTemplateSpecForReplicaSet: always restarted, for ever, no ephemeral containers
  'DeploymentSpec replicas': NATURAL,
  'DeploymentSpec minReadySeconds': NATURAL,
  'PodSpec restartPolicy': oneOf('Always'),
  'PodSpec activeDeadlineSeconds': FORBIDDEN,
  'PodSpec ephemeralContainers': FORBIDDEN,

  // ValidatePodSpec
  'PodSpec nodeSelector': LABELS,
  'PodSpec serviceAccountName': SUBDOMAIN,
  'PodSpec priorityClassName': SUBDOMAIN,
  'PodSpec runtimeClassName': SUBDOMAIN,
  'PodSpec nodeName': SUBDOMAIN,
  'PodSpec hostname': LABEL,
  'PodSpec subdomain': LABEL,
  'PodSpec dnsPolicy': oneOf('ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'),
  'PodSpec preemptionPolicy': oneOf('PreemptLowerPriority', 'Never'),
  // validateTopologySpreadConstraints
  'TopologySpreadConstraint maxSkew': { minimum: 1 },
  'TopologySpreadConstraint topologyKey': NOT_EMPTY,
  'TopologySpreadConstraint whenUnsatisfiable': oneOf('DoNotSchedule', 'ScheduleAnyway'),
  // ValidateTolerations; Lt and Gt where that feature is on
  'Toleration operator': oneOf('Exists', 'Equal', 'Lt', 'Gt'),
  'Toleration effect': oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  // ValidateNodeSelectorRequirement, validatePodAffinityTerm, ValidatePreferredSchedulingTerms
  'NodeSelectorRequirement operator': oneOf('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
  'NodeSelectorRequirement key': LABEL_KEY,
  'NodeSelector nodeSelectorTerms': { minItems: 1 },
  'PodAffinityTerm topologyKey': LABEL_KEY,
  'PreferredSchedulingTerm weight': { minimum: 1, maximum: 100 },
  'WeightedPodAffinityTerm weight': { minimum: 1, maximum: 100 },

  // validateContainers, validateContainerCommon
  Container: required('image'),
  'Container name': LABEL,
  'Container image': { pattern: '^\\S(.*\\S)?$', $comment: 'an image, without space around it' },
  'Container imagePullPolicy': oneOf('Always', 'IfNotPresent', 'Never'),
  'Container terminationMessagePolicy': oneOf('File', 'FallbackToLogsOnError'),
  'ContainerPort containerPort': PORT,
  'ContainerPort hostPort': { minimum: 0, maximum: 65535 },
  'ContainerPort name': PORT_NAME,
  'ContainerPort protocol': oneOf('TCP', 'UDP', 'SCTP'),
  // ValidateEnv, IsRelaxedEnvVarName, validateEnvVarValueFrom
  EnvVar: notTwo('value', 'valueFrom'),
  'EnvVar name': { pattern: '^[ -<>-~]+$', $comment: 'printable ASCII characters but "="' },
  EnvVarSource: oneKey('configMapKeyRef', 'fieldRef', 'fileKeyRef', 'resourceFieldRef', 'secretKeyRef'),
  ConfigMapKeySelector: required('name'),
  'ConfigMapKeySelector name': NOT_EMPTY,
  'ConfigMapKeySelector key': DATA_KEY,
  SecretKeySelector: required('name'),
  'SecretKeySelector name': NOT_EMPTY,
  'SecretKeySelector key': DATA_KEY,
  'ObjectFieldSelector fieldPath': NOT_EMPTY,
  'ResourceFieldSelector resource': NOT_EMPTY,
  // ValidateEnvFrom
  EnvFromSource: oneKey('configMapRef', 'secretRef'),
  ConfigMapEnvSource: required('name'),
  'ConfigMapEnvSource name': NOT_EMPTY,
  SecretEnvSource: required('name'),
  'SecretEnvSource name': NOT_EMPTY,
  // ValidateResourceRequirements
  'ResourceRequirements limits': RESOURCES,
  'ResourceRequirements requests': RESOURCES,
  // ValidateVolumeMounts, validateMountPropagation, validateLocalDescendingPath
  'VolumeMount name': NOT_EMPTY,
  'VolumeMount mountPath': NOT_EMPTY,
  'VolumeMount subPath': PATH_BELOW,
  'VolumeMount subPathExpr': PATH_BELOW,
  'VolumeMount mountPropagation': oneOf('None', 'HostToContainer', 'Bidirectional'),

  // validateProbe, validateHandler, ValidatePortNumOrName, validateHTTPGetAction
  Probe: oneKey('exec', 'grpc', 'httpGet', 'tcpSocket'),
  'Probe initialDelaySeconds': NATURAL,
  'Probe timeoutSeconds': NATURAL,
  'Probe periodSeconds': NATURAL,
  'Probe successThreshold': NATURAL,
  'Probe failureThreshold': NATURAL,
  'Probe terminationGracePeriodSeconds': { minimum: 1 },
  // validateLivenessProbe, validateStartupProbe: one success is enough (0 is the default, which is 1)
  'Container livenessProbe': { properties: { successThreshold: ONCE } },
  'Container startupProbe': { properties: { successThreshold: ONCE } },
  'Container readinessProbe': { properties: { terminationGracePeriodSeconds: FORBIDDEN } },
  LifecycleHandler: oneKey('exec', 'httpGet', 'sleep', 'tcpSocket'),
  'SleepAction seconds': NATURAL,
  'ExecAction command': { minItems: 1 },
  ExecAction: required('command'),
  'HTTPGetAction port': PORT_OR_NAME,
  'HTTPGetAction scheme': oneOf('HTTP', 'HTTPS'),
  'HTTPHeader name': { pattern: '^[-A-Za-z0-9]+$', $comment: 'letters, digits and "-"' },
  'TCPSocketAction port': PORT_OR_NAME,
  'GRPCAction port': PORT,

  // validateVolumes, validateVolumeSource; without a source it is an emptyDir
  'Volume name': LABEL,
  Volume: { oneKey: { but: ['name'], needed: false } },
  ConfigMapVolumeSource: required('name'),
  'ConfigMapVolumeSource name': NOT_EMPTY,
  'ConfigMapVolumeSource defaultMode': MODE,
  SecretVolumeSource: required('secretName'),
  'SecretVolumeSource secretName': NOT_EMPTY,
  'SecretVolumeSource defaultMode': MODE,
  ConfigMapProjection: required('name'),
  SecretProjection: required('name'),
  'ProjectedVolumeSource defaultMode': MODE,
  'DownwardAPIVolumeSource defaultMode': MODE,
  VolumeProjection: notTwo(
    'clusterTrustBundle',
    'configMap',
    'downwardAPI',
    'podCertificate',
    'secret',
    'serviceAccountToken',
  ),
  'KeyToPath key': NOT_EMPTY,
  'KeyToPath path': { ...PATH_BELOW, minLength: 1 },
  'KeyToPath mode': MODE,
  'HostPathVolumeSource path': NOT_EMPTY,
  'HostPathVolumeSource type': oneOf(
    '',
    'BlockDevice',
    'CharDevice',
    'Directory',
    'DirectoryOrCreate',
    'File',
    'FileOrCreate',
    'Socket',
  ),
  'PersistentVolumeClaimVolumeSource claimName': NOT_EMPTY,

  // ValidateSecurityContext, ValidatePodSecurityContext, validateSeccompProfileField
  'SecurityContext runAsUser': ID,
  'SecurityContext runAsGroup': ID,
  'SecurityContext procMount': oneOf('Default', 'Unmasked'),
  'PodSecurityContext runAsUser': ID,
  'PodSecurityContext runAsGroup': ID,
  'PodSecurityContext fsGroup': ID,
  'PodSecurityContext supplementalGroups': { items: ID },
  'PodSecurityContext fsGroupChangePolicy': oneOf('OnRootMismatch', 'Always'),
  'SeccompProfile type': oneOf('Localhost', 'RuntimeDefault', 'Unconfined'),
  'AppArmorProfile type': oneOf('Localhost', 'RuntimeDefault', 'Unconfined'),

  // ValidateServicePort
  'ServicePort port': PORT,
  'ServicePort targetPort': PORT_OR_NAME,
  // pkg/apis/autoscaling/validation: validateHorizontalPodAutoscalerSpec, validateMetricTarget
  'HorizontalPodAutoscalerSpec minReplicas': { minimum: 1 },
  'HorizontalPodAutoscalerSpec maxReplicas': { minimum: 1 },
  'MetricTarget averageUtilization': { minimum: 1 },
  // pkg/apis/policy/validation: ValidatePodDisruptionBudgetSpec, IsNotMoreThan100Percent
  'PodDisruptionBudgetSpec minAvailable': {
    minimum: 0,
    pattern: '^(100|[1-9]?[0-9])%$',
    $comment: 'a number of pods, or a percentage',
  },
};
