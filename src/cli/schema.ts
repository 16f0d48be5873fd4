import { schemaText } from '../core/schema/text.ts';
import { type Command, EXIT, UsageError } from './command.ts';

export const schema: Command = {
  usage: 'schema [values|config]',
  help: `Prints the complete JSON schema of the values files (default) or of the settings. An
editor with a YAML language server completes, explains and checks files with it.

Save it beside the files,

  npx coalmine schema values > schemas/values.schema.json
  npx coalmine schema config > schemas/config.schema.json

and name it in the first line of each file, by its path from there:

  # yaml-language-server: $schema=../schemas/values.schema.json`,
  options: {},
  arguments: 1,
  async run({ args: [name = 'values'], terminal }) {
    if (name !== 'values' && name !== 'config') {
      throw new UsageError(`unknown schema "${name}"; choose values or config`);
    }
    terminal.out(schemaText(name));
    return EXIT.fine;
  },
};
