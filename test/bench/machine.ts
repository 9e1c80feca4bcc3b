/** What was measured on, and with: numbers without it mean nothing. */
import { cpus, release, totalmem } from 'node:os';
import { read } from '../../scripts/child-process.mjs';

/** How each program says which version it is. */
const VERSIONS: readonly (readonly [string, readonly string[]])[] = [
  ['kcat', ['-V']],
  ['zstd', ['--version']],
  ['age', ['--version']],
];

export async function describeMachine(): Promise<string> {
  const [first] = cpus();
  const model =
    first?.model
      .replace(/\(R\)|\(TM\)/g, '')
      .replace(/\s+/g, ' ')
      .trim() ?? 'unknown CPU';
  const gib = (totalmem() / 2 ** 30).toFixed(0);
  const programs = await Promise.all(VERSIONS.map(([command, args]) => versionOf(command, args)));
  const versions = [`Node ${process.versions.node}`, ...programs.flatMap((each) => each ?? [])];
  return `${model}, ${cpus().length} cores, ${gib} GiB, ${process.platform} ${release()}\n${versions.join(', ')}`;
}

async function versionOf(command: string, args: readonly string[]): Promise<string | null> {
  const { exitCode, stdout, stderr } = await read(command, args);
  const version = /v?\d+\.\d+[.\d]*/.exec(stdout + stderr)?.[0];
  return exitCode === 0 && version !== undefined ? `${command} ${version.replace(/^v/, '')}` : null;
}
