import { brief } from '../model/printable.ts';
import { timeText } from '../model/time.ts';
import type { HistoryEntry } from '../rollout/history.ts';
import { code, markdown } from './escape.ts';

/** One thing that happened, on a line: when, what, from what to what, who, why, which pull request. */
function historyLine({ commit, at, what, from, to, who, why, pulls }: HistoryEntry): readonly string[] {
  const moved = to === undefined || from === undefined || from === to ? (to ?? '') : `${from} -> ${to}`;
  return [
    timeText(at),
    what,
    moved,
    who.length > 0 ? `by ${who.join(', ')}` : '',
    pulls.join(', '),
    why === undefined ? '' : `because: ${why}`,
    commit.slice(0, 7),
  ];
}

/** The same as a line of Markdown. */
export function historyMarkdown(happening: HistoryEntry): string {
  const { commit, pulls } = happening;
  const [when = '', what = '', moved = '', who = '', , why = ''] = historyLine(happening);
  const parts = [
    markdown(brief(what)),
    moved === '' ? '' : code(brief(moved)),
    markdown(brief(who)),
    pulls.filter(isPull).join(', '),
    markdown(brief(why)),
    code(commit.slice(0, 7)),
  ];
  return `${when}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function isPull(text: string): boolean {
  return /^#\d+$/.test(text);
}

/** The same for a terminal, a line each. */
export function historyText(happenings: readonly HistoryEntry[]): string {
  return happenings
    .map(
      (each) =>
        `${historyLine(each)
          .filter((part) => part !== '')
          .map(brief)
          .join('  ')}\n`,
    )
    .join('');
}
