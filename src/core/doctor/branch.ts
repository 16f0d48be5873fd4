import { formatFile } from '../model/places.ts';
import { type Diagnosis, note, ok, problem } from './diagnosis.ts';

/** The gitops branch as it is somewhere. */
export interface BranchFacts {
  readonly name: string;
  readonly state: 'absent' | 'empty' | 'marked' | 'foreign'; // foreign: it has files, and not our mark
}

/** Whether the branch is there and ours, here and where it is fetched from. */
export function diagnoseBranch(here: BranchFacts, there?: { readonly remote: string } & BranchFacts): Diagnosis {
  const about = `branch ${here.name}`;
  if (here.state === 'foreign') return foreign(about, here.name);
  if (here.state !== 'absent') return ok(about, here.state === 'marked' ? 'is here, with our mark' : 'is here, empty');
  if (there?.state === 'foreign') return foreign(about, there.remote);
  if (there && there.state !== 'absent') {
    return note(about, `is at ${there.remote} and not here; to look at it: git fetch origin ${here.name}:${here.name}`);
  }
  return note(about, "isn't here; the first publication makes it, or git fetch, where a remote has it");
}

/** The same on GitHub. */
export function diagnoseRemoteBranch({ name, state }: BranchFacts): Diagnosis {
  const about = `branch ${name}`;
  if (state === 'foreign') return foreign(about, name);
  if (state !== 'absent') return ok(about, state === 'marked' ? 'is there, with our mark' : 'is there, empty');
  return problem(
    about,
    "isn't there yet: nothing was published",
    'start the App, which publishes what the default branch has; its check coalmine/publish there says what stands in the way',
  );
}

function foreign(about: string, name: string): Diagnosis {
  return problem(
    about,
    `${name} has files and no ${formatFile()}: it isn't ours to write to`,
    'name another branch in the settings (gitops), or empty this one',
  );
}
