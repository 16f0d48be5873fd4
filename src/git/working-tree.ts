import { orUndefined, runGitText } from './program.ts';

/** Whether a file of the working tree, or what is staged of it, is other than that blob; git's own filters aside. */
export async function isEdited(folder: string, file: string, blob: string): Promise<boolean> {
  const here = await orUndefined(runGitText(folder, ['hash-object', `--path=${file}`, '--', file]));
  const staged = await runGitText(folder, ['--literal-pathspecs', 'ls-files', '--stage', '-z', '--', file]);
  return here !== blob || !new RegExp(`^\\d+ ${blob} 0\t[^\\0]*\\0$`).test(staged);
}
