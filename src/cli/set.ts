import { targets } from '../charts/targets.ts';
import { build } from '../core/build/build.ts';
import { patchOf } from '../core/model/diff.ts';
import { isError } from '../core/model/finding.ts';
import { oneLine } from '../core/model/printable.ts';
import { formatFindings } from '../core/report/terminal.ts';
import { editValues } from '../core/values/edit.ts';
import { type VersionChange, versionEdits } from '../core/values/version-edits.ts';
import { type Command, EXIT, type Invocation, readWholeNumber, type Terminal, UsageError } from './command.ts';
import { type OpenedRelease, openRelease } from './open-release.ts';
import { formatPatch, formatPatchHint } from './patch.ts';
import { replaceFile } from './replace-file.ts';
import { describeFindings, openTree } from './workspace.ts';

export const set: Command = {
  usage: 'set RELEASE VERSION [--image IMAGE] [--weight N] [--primary] ... [--dry-run]',
  help: `Adds or changes a version in the release's values file, and keeps the file's comments
and layout. A CI job or an image updater can start a rollout with it.

  --image IMAGE   the container image that the version runs
  --replicas N    the number of its pods
  --from VERSION  the version from which a new version is copied (default: the primary)
  --weight N      make it the canary, with N percent of the traffic
  -H, --header 'NAME: VALUE'
                  make it the canary for requests with this header; may be
                  repeated, and combined with --weight
  --primary       make it the primary; if it was the canary, no canary is left
  --dry-run       print what would change, write nothing

Prints the change as a diff, and the findings of the result. Refused, with exit code 1
and nothing written: a result with errors, a canary while another version is the
canary, and an edit that would change more than intended (prints a patch).`,
  options: {
    image: { type: 'string' },
    replicas: { type: 'string' },
    from: { type: 'string' },
    weight: { type: 'string' },
    header: { type: 'string', short: 'H', multiple: true },
    primary: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  arguments: 2,
  async run(invocation) {
    const { folder, args, options, terminal } = invocation;
    const [release, version] = args;
    if (release === undefined || version === undefined) throw new UsageError(`usage: coalmine ${this.usage}`);
    const change = changeFrom(version, options);
    const tree = await openTree(folder);
    const opened = await openRelease(folder, tree, release);
    if ('findings' in opened) {
      terminal.out(await describeFindings(opened.findings, tree));
      return EXIT.findings;
    }
    const edited = editRelease(opened, change);
    return report(edited, opened, { terminal, dryRun: options['dry-run'] === true });
  },
};

function changeFrom(version: string, options: Invocation['options']): VersionChange {
  const { image, from, primary } = options;
  const replicas = readWholeNumber('replicas', options.replicas, Number.MAX_SAFE_INTEGER);
  const weight = readWholeNumber('weight', options.weight, 100);
  const headers = headersFrom(options.header);
  if (primary === true && (weight !== undefined || headers.size > 0))
    throw new UsageError('--primary cannot be combined with --weight or --header, which make a canary');
  return {
    version,
    headers,
    primary: primary === true,
    ...(typeof image === 'string' ? { image } : {}),
    ...(typeof from === 'string' ? { from } : {}),
    ...(replicas === undefined ? {} : { replicas }),
    ...(weight === undefined ? {} : { weight }),
  };
}

function headersFrom(written: Invocation['options'][string]): ReadonlyMap<string, string> {
  const list = typeof written === 'object' ? written : [];
  return new Map(
    list.map((header) => {
      const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(header) ?? [];
      if (name.trim() === '' || value.trim() === '')
        throw new UsageError(`--header takes 'NAME: VALUE', not "${header}"`);
      return [name.trim(), value.trim()];
    }),
  );
}

type EditedRelease =
  | { readonly kind: 'edited'; readonly text: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly patch?: string };

function editRelease({ values, text, built }: OpenedRelease, change: VersionChange): EditedRelease {
  const wanted = versionEdits(values, change);
  if (wanted.kind === 'unknown') throw new UsageError(wanted.message);
  if (wanted.kind === 'refused') return wanted;
  const edited = editValues(text, wanted.edits, built.file);
  return edited.ok ? { kind: 'edited', text: edited.text } : { ...edited, kind: 'refused' };
}

async function report(
  edited: EditedRelease,
  { built: { id, file }, settings, path, text }: OpenedRelease,
  { terminal, dryRun }: { readonly terminal: Terminal; readonly dryRun: boolean },
): Promise<number> {
  if (edited.kind === 'refused') {
    if (edited.patch !== undefined) terminal.out(formatPatch(edited.patch));
    terminal.err(`refused: ${oneLine(edited.reason)}${formatPatchHint(edited.patch)}; nothing was written\n`);
    return EXIT.findings;
  }
  if (edited.text === text) {
    terminal.out(`nothing to change: ${oneLine(file)} already has these values\n`);
    return EXIT.fine;
  }
  const { findings } = build({ file, id, bytes: new TextEncoder().encode(edited.text) }, settings, targets);
  terminal.out(formatPatch(patchOf({ path: file, before: text, after: edited.text })));
  if (findings.length > 0) terminal.out(`\n${formatFindings(findings, () => edited.text)}`);
  if (findings.some(isError)) {
    terminal.err('refused: the result would have errors; nothing was written\n');
    return EXIT.findings;
  }
  if (!dryRun) await replaceFile(path, edited.text);
  terminal.out(dryRun ? '\ndry run: nothing was written\n' : `\nwrote ${oneLine(file)}\n`);
  return EXIT.fine;
}
