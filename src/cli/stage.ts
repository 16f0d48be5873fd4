import { compare } from '../core/model/finding.ts';
import { type Invocation, UsageError } from './command.ts';

/** The stage named by --stage, else the only one there is. Throws UsageError if there are several. */
export function stageFrom(
  named: Invocation['options'][string],
  known: readonly (string | undefined)[],
): string | undefined {
  const stages = [...new Set(known)].filter((stage) => stage !== undefined).sort(compare);
  if (typeof named !== 'string') {
    if (stages.length > 1)
      throw new UsageError(`there are several stages (${stages.join(', ')}); choose one with --stage STAGE`);
    return stages[0];
  }
  if (stages.includes(named)) return named;
  throw new UsageError(
    stages.length === 0
      ? 'there are no stages here: the pattern of the values files has no {stage}'
      : `unknown stage "${named}"; known stages: ${stages.join(', ')}`,
  );
}
