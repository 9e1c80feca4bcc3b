/**
 * The headless command, on plain Node.
 *
 * Exit codes: 0 done, also when it was asked to end and did so in order; 1 it failed; 2 it was called wrongly.
 */
import { archiveCommand } from './archive-command';
import { UsageError } from './arguments';
import type { Command } from './command';
import { printFailure } from './output';
import { sandboxCommand } from './sandbox-command';
import { sendCommand } from './send-command';

const COMMANDS: readonly Command[] = [archiveCommand, sendCommand, sandboxCommand];

const HELP = `permafrost COMMAND [FLAGS]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join('\n')}

permafrost COMMAND --help tells its flags. Exit codes: 0 done, 1 failed, 2 called wrongly.
`;

/** @returns the exit code */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) {
    process.stderr.write(`permafrost: there is no command ${name}\n\n${HELP}`);
    return 2;
  }
  if (rest.includes('--help')) {
    process.stdout.write(`${command.help}\n`);
    return 0;
  }
  const isJson = rest.includes('--json');
  try {
    return await command.run(rest, { environment, isJson });
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      process.stderr.write(`permafrost ${name}: ${thrown.message}\nSee permafrost ${name} --help\n`);
      return 2;
    }
    printFailure(thrown, isJson);
    return 1;
  }
}
