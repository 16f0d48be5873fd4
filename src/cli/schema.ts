import { schemaText } from '../core/schema/text.ts';
import { type Command, EXIT, UsageError } from './command.ts';

export const schema: Command = {
  usage: 'schema [values|config]',
  help: `Prints the JSON schema of the values files (default) or of the settings, whole: an
editor with a YAML language server completes, explains and checks by it.

Keep it beside the files,

  npx coalmine schema values > schemas/values.schema.json
  npx coalmine schema config > schemas/config.schema.json

and name it in the first line of each, by its path from that file:

  # yaml-language-server: $schema=../schemas/values.schema.json`,
  options: {},
  arguments: 1,
  async run({ args: [name = 'values'], terminal }) {
    if (name !== 'values' && name !== 'config') {
      throw new UsageError(`there is no schema "${name}": it is values or config`);
    }
    terminal.out(schemaText(name));
    return EXIT.fine;
  },
};
