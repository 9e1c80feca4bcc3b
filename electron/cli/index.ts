/**
 * The headless command, on plain Node.
 *
 * Exit codes: 0 done, also when it was asked to end and did so in order; 1 it failed; 2 it was called wrongly.
 */
import { setImmediate } from 'node:timers/promises';
import { UsageError } from './arguments';
import type { Command } from './command';
import { prestartThread } from './first-thread';
import { printFailure } from './output';
import { cannotWriteOutput } from './pipe-output';

/**
 * Loaded when they are asked for: an archiver needs no sandbox, and its own engine runs in threads.
 * @param willRun false: only its help is wanted
 */
const COMMANDS: Readonly<Record<string, (willRun: boolean) => Promise<Command>>> = {
  archive: async (willRun) => {
    if (willRun) prestartThread();
    return (await import('./archive-command')).archiveCommand;
  },
  check: async () => (await import('./check-command')).checkCommand,
  topics: async () => (await import('./topics-command')).topicsCommand,
  list: async () => (await import('./list-command')).listCommand,
  cat: async () => (await import('./cat-command')).catCommand,
  search: async () => (await import('./search-command')).searchCommand,
  download: async () => (await import('./download-command')).downloadCommand,
  verify: async () => (await import('./verify-command')).verifyCommand,
  repair: async () => (await import('./repair-command')).repairCommand,
  recover: async () => (await import('./recover-command')).recoverCommand,
  restore: async () => (await import('./restore-command')).restoreCommand,
  keys: async () => (await import('./keys-command')).keysCommand,
  bucket: async () => (await import('./bucket-command')).bucketCommand,
  cost: async () => (await import('./cost-command')).costCommand,
  send: async () => (await import('./send-command')).sendCommand,
  sandbox: async () => (await import('./sandbox-command')).sandboxCommand,
};

async function help(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load(false)));
  return `permafrost COMMAND [FLAGS]

${commands.map(({ name, summary }) => `  ${name.padEnd(9)} ${summary}`).join('\n')}

permafrost COMMAND --help tells its flags. Exit codes: 0 done, 1 failed, 2 called wrongly.
`;
}

/** @returns the exit code */
export async function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(await help());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    process.stderr.write(`permafrost: there is no command ${name}\n\n${await help()}`);
    return 2;
  }
  const isHelp = rest.includes('--help');
  const command = await load(!isHelp);
  if (isHelp) {
    process.stdout.write(`${command.help}\n`);
    return 0;
  }
  const isJson = rest.includes('--json');
  const output = watchOutput();
  try {
    const exitCode = await command.run(rest, { environment, isJson });
    await setImmediate(); // what was written last may fail yet
    return exitCode === 0 && output.hasFailed() ? 1 : exitCode;
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      process.stderr.write(`permafrost ${name}: ${thrown.message}\nSee permafrost ${name} --help\n`);
      return 2;
    }
    if (!output.hasFailed()) printFailure(thrown, isJson);
    return 1;
  }
}

/**
 * `permafrost list | head`: who read the output has seen enough, and what a command does goes on. So it does when the
 * output goes to a disk that is full; that is told once, and the command will have failed.
 */
function watchOutput(): { readonly hasFailed: () => boolean } {
  let hasFailed = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || hasFailed) return;
    hasFailed = true;
    printFailure(cannotWriteOutput(error), false); // as JSON it would go where nothing can be written
  });
  return { hasFailed: () => hasFailed };
}
