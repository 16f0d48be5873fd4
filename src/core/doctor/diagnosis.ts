import { oneLine } from '../model/printable.ts';

/** One thing that was looked at. A note is worth knowing, and nothing has to be done. */
export interface Diagnosis {
  readonly about: string; // in a word or two
  readonly state: 'ok' | 'note' | 'problem';
  readonly says: string;
  readonly remedy?: string; // of a problem, always
}

export function ok(about: string, says: string): Diagnosis {
  return { about, state: 'ok', says };
}

export function note(about: string, says: string): Diagnosis {
  return { about, state: 'note', says };
}

export function problem(about: string, says: string, remedy: string): Diagnosis {
  return { about, state: 'problem', says, remedy };
}

/** A checklist under its heading. */
export function formatDiagnoses(heading: string, diagnoses: readonly Diagnosis[]): string {
  const lines = diagnoses.flatMap(({ about, state, says, remedy }) => [
    `  ${state.padEnd(WIDTH)}${oneLine(about)}: ${oneLine(says)}`,
    ...(remedy === undefined ? [] : [`  ${' '.repeat(WIDTH)}-> ${oneLine(remedy)}`]),
  ]);
  return [oneLine(heading), ...lines].map((line) => `${line}\n`).join('');
}

const WIDTH = 'problem  '.length;
