/** One move of a branch, as the host lists it. */
export interface Push {
  readonly after: string; // SHA
  readonly at: Date;
  readonly ours: boolean; // made by the App
}

/** What is known of a pull request's head, for a command that is to be written onto it. */
export interface HeadFacts {
  readonly head: string; // SHA, as of now
  readonly written: Date; // when the command was
  readonly reviewed: Date | undefined; // when the first review of this commit began, on whichever pull request
  readonly pushes: readonly Push[] | undefined; // of its branch, newest first; undefined: the host doesn't list them
  readonly heard: string | undefined; // the head when Coalmine heard of the comment; undefined: not known
}

/** `same`: it was the head already when the command was written, and its review had begun. */
export type HeadVerdict = 'same' | 'moved' | 'not-reviewed' | 'reviewed-later' | 'not-listed';

/** Decides whether a command speaks of the head that there is: only then its author could see what is under it. */
export function decideHead({ head, written, reviewed, pushes, heard }: HeadFacts): HeadVerdict {
  if (heard !== undefined && heard !== head) return 'moved';
  if (pushes) {
    if (pushes[0]?.after !== head) return 'not-listed';
    if (!headsThen(pushes, { written, reviewed }).every((sha) => sha === head)) return 'moved';
  }
  if (!reviewed) return 'not-reviewed';
  if (second(reviewed) <= second(written)) return 'same';
  return pushes ? 'reviewed-later' : 'moved';
}

/**
 * What may have been the head when the command was written. Times are in whole seconds: of a push and a command of one
 * second the push came first if its review did, too; else both heads are possible.
 */
function headsThen(
  pushes: readonly Push[],
  { written, reviewed }: Pick<HeadFacts, 'written' | 'reviewed'>,
): readonly (string | undefined)[] {
  const now = second(written);
  const before = pushes.find(({ at }) => second(at) < now)?.after;
  const within = pushes.filter(({ at }) => second(at) === now).map(({ after }) => after);
  if (within.length > 0 && reviewed && second(reviewed) >= now) return within.slice(0, 1);
  return [...within, before];
}

function second(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
