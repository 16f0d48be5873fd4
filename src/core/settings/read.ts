import schema from '../../../schemas/config.schema.json' with { type: 'json' };
import valuesSchema from '../../../schemas/values.schema.json' with { type: 'json' };
import { compare, type Finding, isError, type Read, sortFindings } from '../finding.ts';
import { DISCOVERY_NAMESPACE } from '../release.ts';
import { compileShape } from '../schema.ts';
import { type Content, parseYaml } from '../yaml/document.ts';
import { domainConflict } from './domain-conflict.ts';
import { patternProblem } from './pattern.ts';
import { type Domain, SETTINGS_FILE, type Settings } from './settings.ts';
import { withSeverities } from './severities.ts';

const checkShape = compileShape(schema, { 'values.schema.json': valuesSchema });

interface Written {
  readonly values?: string;
  readonly namespace?: string;
  readonly gitops?: string;
  readonly domains?: Readonly<Record<string, WrittenDomain | null>> | null;
  readonly upstreams?: readonly { readonly name: string; readonly namespace?: string }[];
  readonly flux?: Partial<Settings['flux']> | null;
  readonly rules?: Readonly<Record<string, 'error' | 'warning' | 'off'>> | null;
  readonly defaults?: Settings['defaults'] | null;
}

interface WrittenDomain {
  readonly virtualService?: { readonly name?: string; readonly namespace?: string } | null;
  readonly hosts?: readonly string[];
  readonly prefix?: string;
  readonly render?: boolean;
}

/** Reads `.github/coalmine.yml`; without one (undefined) the defaults hold. */
export function readSettings(bytes: Content | undefined): Read<Settings> {
  if (bytes === undefined) return { ok: true, value: settingsFrom({}), warnings: [] };
  const parsed = parseYaml(SETTINGS_FILE, bytes);
  if (!parsed.ok) return { ok: false, findings: sortFindings(parsed.findings) };
  const { findings, value } = checkShape(parsed.document);
  const written = (value ?? {}) as Written;
  const problems: Finding[] = [...findings];
  const problem = typeof written.values === 'string' ? patternProblem(written.values) : undefined;
  if (problem !== undefined) {
    const path = '/values';
    problems.push({
      rule: 'schema',
      severity: 'error',
      file: SETTINGS_FILE,
      path,
      range: parsed.document.rangeOf(path),
      message: problem,
    });
  }
  if (problems.length > 0) return { ok: false, findings: sortFindings(problems) };
  const settings = settingsFrom(written);
  const namesHosts = (apiGroup: string) => written.domains?.[apiGroup]?.hosts !== undefined;
  const judged = sortFindings(withSeverities(domainConflict(settings, parsed.document, namesHosts), settings));
  return judged.some(isError) ? { ok: false, findings: judged } : { ok: true, value: settings, warnings: judged };
}

function settingsFrom(written: Written): Settings {
  const domains = Object.entries(written.domains ?? { example: {} })
    .sort(([a], [b]) => compare(a, b))
    .map(([apiGroup, domain]) => [apiGroup, domainFrom(apiGroup, domain ?? {})] as const);
  return {
    values: written.values ?? 'charts-values/{release}.yaml',
    ...(written.namespace === undefined ? {} : { namespace: written.namespace }),
    gitops: written.gitops ?? 'gitops',
    domains: new Map(domains),
    upstreams: (written.upstreams ?? []).map(({ name, namespace = DISCOVERY_NAMESPACE }) => ({ name, namespace })),
    flux: { namespace: 'flux-system', name: 'coalmine', interval: '10m', ...written.flux },
    rules: new Map(Object.entries(written.rules ?? {})),
    defaults: written.defaults ?? {},
  };
}

function domainFrom(apiGroup: string, written: WrittenDomain): Domain {
  return {
    apiGroup,
    virtualService: { name: 'app', namespace: 'gloo-system', ...written.virtualService },
    hosts: written.hosts ?? ['*'],
    prefix: written.prefix ?? '/',
    render: written.render ?? false,
  };
}
