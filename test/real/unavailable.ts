/** Why a real server can't be had on this machine, and what would bring it. */
import { read } from '../../scripts/child-process.mjs';

export class Unavailable extends Error {
  /** @param advice what to do, e.g. a command to run */
  constructor(server: string, why: string, advice: string) {
    super(`${server} can't be had here: ${why}. ${advice}`);
    this.name = 'Unavailable';
  }
}

export interface Program {
  readonly command: string;
  readonly versionArgs: readonly string[];
  /** Debian's package */
  readonly debianPackage: string;
}

/** @throws Unavailable naming the programs that are missing, with the command that installs them */
export async function requirePrograms(server: string, programs: readonly Program[]): Promise<void> {
  const found = await Promise.all(programs.map(async ({ command, versionArgs }) => read(command, versionArgs)));
  const missing = programs.filter((_, at) => found[at]?.exitCode !== 0);
  if (missing.length === 0) return;
  throw new Unavailable(
    server,
    `${missing.map(({ command }) => command).join(' and ')} not found`,
    `Install it:  sudo apt-get install -y --no-install-recommends ${missing.map((each) => each.debianPackage).join(' ')}`,
  );
}

/** @returns null when it could be had, else the reason to print; every other error is thrown */
export async function reasonWhyNot(provide: () => Promise<unknown>): Promise<string | null> {
  try {
    await provide();
    return null;
  } catch (thrown) {
    if (thrown instanceof Unavailable) return thrown.message;
    throw thrown;
  }
}
