import type { Verb } from '../../core/commands/index.ts';
import { type Parsed, parseComment } from '../../core/commands/parse.ts';
import type { Charts } from '../../core/render/charts.ts';
import { answerMarker, formatAnswer, formatUnknown } from '../../core/report/answer.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Comment, Job, Ports } from '../ports.ts';
import type { Asked, Outcome } from './outcome.ts';
import { resume } from './resume.ts';

/** What each command does. */
const HANDLERS: Readonly<Record<Verb, (ports: CommandPorts, asked: Asked) => Promise<Outcome>>> = { resume };

type CommandPorts = Pick<Ports, 'repository' | 'pulls' | 'now'>;

/** Plans what a comment's commands ask for, and the answer, which comes last: it says that all of it is done. */
export async function answerComment(
  ports: CommandPorts,
  { repository: ref, pull: number, comment: id }: Extract<Job, { kind: 'command' }>,
  charts: Charts,
): Promise<Plan> {
  const { pulls } = ports;
  const comment = await pulls.fetchComment(id);
  const parsed = comment?.pull === number ? commandsIn(comment) : [];
  const marker = answerMarker(id);
  if (!comment || parsed.length === 0 || (await pulls.hasComment({ pull: number, marker }))) return [];
  const pull = await pulls.fetchPull(number);
  if (!pull) return [];

  const outcomes: Outcome[] = [];
  for (const [verb, words] of wordsByVerb(parsed))
    outcomes.push(await HANDLERS[verb](ports, { ref, pull, comment, words, charts }));
  const unknown = parsed.filter((each) => each.kind === 'unknown');
  const done = unknown.length === 0 && outcomes.every((each) => each.done);
  const texts = [...outcomes.map(({ text }) => text), ...unknown.map(({ word, meant }) => formatUnknown(word, meant))];
  const react = (reaction: 'eyes' | 'rocket' | 'confused'): Effect => ({ kind: 'react', comment: id, reaction });
  return [
    ...(outcomes.some((each) => each.done) ? [react('eyes')] : []),
    ...outcomes.flatMap(({ plan }) => plan),
    react(done ? 'rocket' : 'confused'),
    { kind: 'comment', pull: number, marker, body: formatAnswer(id, texts), editOnly: false },
  ];
}

/** What a comment asks us for. Robots are silent, so that no two of them talk forever; and so is what was edited: by whom, nobody knows. */
export function commandsIn({ by, edited, body }: Comment): readonly Parsed[] {
  return by === 'person' && !edited ? parseComment(body) : [];
}

/** A command that stands in several lines is one, of all that they name; a line without names still says so. */
function wordsByVerb(parsed: readonly Parsed[]): ReadonlyMap<Verb, readonly (readonly string[])[]> {
  const lines = parsed.filter((each) => each.kind === 'run');
  const byVerb = Map.groupBy(lines, ({ verb }) => verb);
  return new Map([...byVerb].map(([verb, own]) => [verb, own.map(({ words }) => words)]));
}
