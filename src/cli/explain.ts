import type { Built } from '../core/build/build.ts';
import { isError } from '../core/model/finding.ts';
import { routesFolder } from '../core/model/places.ts';
import { oneLine } from '../core/model/printable.ts';
import { type Domain, stageSettings } from '../core/settings/settings.ts';
import { explainRequest } from '../core/targets/explain.ts';
import { domainFor, noDomain } from '../core/targets/explain-domain.ts';
import type { Answer, Explanation, Request, World } from '../core/targets/explanation.ts';
import { manifestsIn } from '../core/targets/objects.ts';
import { releasesIn } from '../flows/gitops/snapshot.ts';
import { type Command, EXIT, type Invocation, readChoice, UsageError } from './command.ts';
import { stageFrom } from './stage.ts';
import { describeFindings, openTree, openWorkspace, warnIfEmpty } from './workspace.ts';

export const explain: Command = {
  usage: "explain PATH|URL [-H 'NAME: VALUE']... [--host HOST] [--stage STAGE] [--format text|json]",
  help: `Shows which release, route and versions answer a request, according to the values
files of this folder.

  -H, --header 'NAME: VALUE'  a header of the request; may be repeated
  --host HOST                 the host of the request; needed if several domains have
                              hosts of their own
  --stage STAGE               the stage that gets the request; needed if the settings
                              have several
  --format text               a sentence, and which headers would change it (default)
  --format json               {"release": "echo", "route": 0, "destinations": [{"version":
                              "v1", "percent": 75}, ...]}, "route" counted from 0 among
                              its routes, or {"release": null, "reason": "..."}

A release with errors is named on stderr and left out of the answer. The exit code is
0 whether or not a release answers.`,
  options: {
    header: { type: 'string', short: 'H', multiple: true },
    host: { type: 'string' },
    stage: { type: 'string' },
    format: { type: 'string' },
  },
  arguments: 1,
  async run({ folder, args, options, terminal }) {
    const format = readChoice('format', options.format, 'text', 'json');
    const request = requestFrom(args[0], options);
    const tree = await openTree(folder);
    const workspace = await openWorkspace(tree, []);
    const { settings, builds, findings } = workspace;
    if (!settings) {
      terminal.err(await describeFindings(findings, tree));
      return EXIT.findings;
    }
    warnIfEmpty(workspace, folder, terminal);
    const stage = stageFrom(
      options.stage,
      releasesIn(workspace.index).map((id) => id.stage),
    );
    const inStage = builds.filter(({ id }) => id.stage === stage);
    const domains = [...stageSettings(settings, stage).domains.values()];
    requireHost(request, domains);

    const world = worldOf(domains, inStage);
    for (const { id, file, findings: own } of inStage.filter(({ release }) => !release)) {
      const { line, column } = own.find(isError)?.range ?? { line: 1, column: 1 };
      terminal.err(
        `coalmine: ${oneLine(id.name)} has errors (${oneLine(file)}:${line}:${column}) and is left out of the answer; the cluster keeps what was last published of it\n`,
      );
    }
    const explanation = explainRequest(request, world);
    terminal.out(format === 'json' ? `${JSON.stringify(explanation.answer)}\n` : textOf(request, explanation));
    return EXIT.fine;
  },
};

function requestFrom(target: string | undefined, options: Invocation['options']): Request {
  if (target === undefined) throw new UsageError(`explain needs a path; usage: coalmine ${explain.usage}`);
  const { header } = options;
  const headers = headersFrom(Array.isArray(header) ? header : []);
  const [, urlHost, rest = target] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]*)(.*)$/is.exec(target) ?? [];
  const host = typeof options.host === 'string' ? options.host : (headers.get('host') ?? urlHost);
  return { path: rest.startsWith('/') ? rest : `/${rest}`, headers, ...(host ? { host } : {}) };
}

/** Headers by lower-case name. A repeated header becomes one with commas, the form that Envoy compares. */
function headersFrom(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~0-9a-z-]+):(.*)$/is.exec(line) ?? [];
    if (name === undefined) throw new UsageError(`-H takes 'NAME: VALUE', not "${line}"`);
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value.trim() : `${before},${value.trim()}`);
  }
  return headers;
}

function requireHost({ host }: Request, domains: readonly Domain[]): void {
  if (host !== undefined || domains.length === 0 || domainFor(host, domains)) return;
  throw new UsageError(`${noDomain(host, domains)} (--host HOST)`);
}

function worldOf(domains: readonly Domain[], builds: readonly Built[]): World {
  return {
    domains,
    releases: builds.flatMap(({ id, objects }) =>
      objects ? [{ id, routes: manifestsIn(objects, routesFolder(id)) }] : [],
    ),
    broken: builds.filter(({ release }) => !release).map(({ id }) => id),
  };
}

function textOf(request: Request, { answer, by, variations, missing }: Explanation): string {
  const lines = [
    `${requestText(request)}: ${answer.release === null ? `no release answers; ${answer.reason}` : `${answer.release} answers, ${sharesText(answer)}`}`,
    ...(by !== undefined && answer.release !== null ? [`  by ${by}`] : []),
    ...variations.map(({ change, answer: other }) => `  ${change}: ${otherText(other, answer)}`),
    ...(answer.release === null
      ? []
      : missing.map((name) => `  ${name} has errors; by its name it would answer this request`)),
  ];
  return `${lines.map(oneLine).join('\n')}\n`;
}

function requestText({ host, path, headers }: Request): string {
  const pairs = [...headers].filter(([name]) => name !== 'host').map(([name, value]) => `${name}: ${value}`);
  return `${host ?? ''}${path}${pairs.length === 0 ? '' : ` with ${pairs.join(' and ')}`}`;
}

/** `v1 75% v2 25%`. */
function sharesText(answer: Answer): string {
  if (answer.release === null) return answer.reason;
  return answer.destinations.map(({ version, percent }) => `${version} ${percent}%`).join(' ');
}

function otherText(other: Answer, answer: Answer): string {
  return other.release === answer.release || other.release === null
    ? sharesText(other)
    : `${other.release} answers, ${sharesText(other)}`;
}
