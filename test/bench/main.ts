/** `npm run bench`: see options.ts for what it takes, docs/PERFORMANCE.md for what came out of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { read } from '../../scripts/child-process.mjs';
import { Refusal } from '../../scripts/console.mjs';
import { generateRsaKeyPair } from '../../electron/engine/keys/rsa-key-pair';
import { measureApp } from './app';
import { measureGrowth } from './growth';
import { describeMachine } from './machine';
import { measureList } from './list';
import { HELP, parseOptions, type BenchOptions } from './options';
import { RESTORES } from './restore';
import { measurePreview } from './preview';
import { buildRival, CARGO, type Rival } from './rival';
import { COMMAND, startServers } from './servers';
import { measureSpeed, type Bench } from './speed';
import { archiverSubjects, isThere, PIPES, SCRIPT, TIME, type Subject } from './subjects';
import { print, tell } from './table';
import { VERIFIES } from './verify';

/** @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options === 'help') {
    print(HELP);
    return 0;
  }
  if (!(await isThere(TIME))) throw new Refusal(`The bench weighs processes with GNU time: ${TIME.install}`);
  print(await describeMachine());
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-bench-'));
  const servers = await startServers(options.kafka, path.join(folder, 'sandbox'));
  try {
    const key = await generateRsaKeyPair(3072);
    const identityFile = path.join(folder, 'key.pem');
    await writeFile(identityFile, key.privateKeyPem, { mode: 0o600 });
    await runParts({ options, servers, folder, recipient: key.publicKey, identityFile });
    return 0;
  } finally {
    await servers.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function runParts(bench: Bench): Promise<void> {
  const { parts } = bench.options;
  const rival = bench.options.withRivals ? await rivalOrNone() : null;
  const measureWith = async (subjects: readonly Subject[], ofRival: Subject | undefined): Promise<void> => {
    const [first, ...others] = subjects;
    const all = [first, ofRival, ...others].filter((subject) => subject !== undefined);
    await measureSpeed(bench, chosenOf(all, bench.options));
  };
  if (parts.includes('speed')) await measureWith(await speedSubjects(), rival?.backup);
  if (parts.includes('restore')) await measureWith(RESTORES, rival?.restore);
  if (parts.includes('verify')) await measureWith(VERIFIES, rival?.validate);
  if (parts.includes('preview')) await measurePreview(bench);
  if (parts.includes('list')) await measureList(bench);
  if (parts.includes('growth')) await measureGrowth(bench);
  if (parts.includes('app')) await measureApp(bench);
}

async function speedSubjects(): Promise<readonly Subject[]> {
  const help = await read(process.execPath, [COMMAND, 'archive', '--help']);
  return [...archiverSubjects(help.stdout.includes('--workers')), ...PIPES, SCRIPT];
}

async function rivalOrNone(): Promise<Rival | null> {
  const rival = (await isThere(CARGO)) ? await buildRival() : null;
  if (rival === null) tell(`skipped: kafka-backup. It needs: ${CARGO.install}`);
  return rival;
}

function chosenOf(subjects: readonly Subject[], { only }: BenchOptions): readonly Subject[] {
  return only.length === 0 ? subjects : subjects.filter(({ name }) => only.some((word) => name.includes(word)));
}
