import type { Severity } from '../finding.ts';
import type { UpstreamRef } from '../release.ts';

/** The shared VirtualService of an API group. */
export interface Domain {
  readonly apiGroup: string;
  readonly virtualService: { readonly name: string; readonly namespace: string };
  readonly hosts: readonly string[];
  readonly prefix: string;
  readonly render: boolean; // whether we write that VirtualService
}

/** A repository's `.github/coalmine.yml`, with its defaults filled in. */
export interface Settings {
  readonly values: string; // pattern of the values files' paths
  readonly namespace?: string;
  readonly gitops: string; // branch
  readonly domains: ReadonlyMap<string, Domain>; // by API group, sorted
  readonly upstreams: readonly UpstreamRef[]; // that exist outside this repository
  readonly flux: { readonly namespace: string; readonly name: string; readonly interval: string };
  readonly rules: ReadonlyMap<string, Severity | 'off'>;
  readonly defaults: Readonly<Record<string, unknown>>; // of a version, as written; the schema has checked it
}

/** Where the settings are. */
export const SETTINGS_FOLDER = '.github';
export const SETTINGS_FILE = `${SETTINGS_FOLDER}/coalmine.yml`;
