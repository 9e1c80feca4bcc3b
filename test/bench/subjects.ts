/** What is measured: the archiver in its variants, and other people's ways to do the same. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, read } from '../../scripts/child-process.mjs';
import { GNU_TIME } from './measure';
import type { DataSet } from './options';
import { BUCKET, COMMAND, type Servers } from './servers';
import { isArchiveUnder } from './swallower';

export interface Setting {
  readonly servers: Servers;
  readonly topic: string;
  readonly set: DataSet;
  readonly recipient: string;
  readonly identityFile: string;
  /** empty, of this run alone */
  readonly folder: string;
  /** different in every run */
  readonly run: string;
}

export interface Run {
  readonly stages: readonly (readonly string[])[];
  readonly outputFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** how many messages are in what was made: a run counts only when all of them are */
  countMessages(): Promise<number>;
}

export interface Subject {
  readonly name: string;
  /** it takes so long that one round has to do */
  readonly isSlow?: boolean;
  readonly needs: readonly Tool[];
  prepare(setting: Setting): Promise<Run>;
}

export interface Tool {
  readonly name: string;
  /** ends with 0 where it is there */
  readonly check: readonly string[];
  readonly install: string;
}

const debian = (name: string, ...check: readonly string[]): Tool => ({
  name,
  check,
  install: `apt-get install -y --no-install-recommends ${name}`,
});
export const TIME = debian('time', GNU_TIME, '--version');
const KCAT = debian('kcat', 'kcat', '-V');
const ZSTD = debian('zstd', 'zstd', '--version');
const AGE = debian('age', 'age', '--version');
const PYTHON = debian('python3-kafka', '/usr/bin/python3', '-c', 'import kafka');

export async function isThere({ check: [command = '', ...args] }: Tool): Promise<boolean> {
  return (await read(command, args)).exitCode === 0;
}

interface Variant {
  readonly codec: 'none' | 'gzip' | 'zstd';
  readonly level: number;
  readonly isEncrypted: boolean;
  readonly into: 'bucket' | 'nothing' | 'folder';
  readonly workers: number;
}

/** @param canHaveWorkers whether the command knows --workers */
export function archiverSubjects(canHaveWorkers: boolean): readonly Subject[] {
  const usual: Variant = { codec: 'zstd', level: 3, isEncrypted: true, into: 'nothing', workers: 1 };
  const variants: readonly Variant[] = [
    usual,
    ...(canHaveWorkers ? [{ ...usual, workers: 2 }] : []),
    { ...usual, isEncrypted: false },
    { ...usual, level: 1 },
    { ...usual, codec: 'gzip', level: 6 },
    { ...usual, into: 'bucket' },
    { ...usual, into: 'folder' },
    { ...usual, into: 'folder', isEncrypted: false },
  ];
  return variants.map((variant) => archiverSubject(variant, canHaveWorkers));
}

function archiverSubject(variant: Variant, canHaveWorkers: boolean): Subject {
  const { codec, level, isEncrypted, into, workers } = variant;
  const parts = [
    `${codec} ${level}`,
    isEncrypted ? 'age' : 'not encrypted',
    `into ${into === 'nothing' ? into : `the ${into}`}`,
  ];
  return {
    name: `permafrost, ${parts.join(', ')}${workers > 1 ? `, ${workers} workers` : ''}`,
    needs: into === 'folder' && isEncrypted ? [AGE, ZSTD] : [],
    prepare: async (setting) => {
      const prefix = `bench-${setting.run}`;
      const outputFile = path.join(setting.folder, 'events.jsonl');
      const stage = [
        ...archiveCommand(setting, setting.run, prefix),
        ...['--codec', codec, '--level', String(level)],
        ...(isEncrypted ? ['--recipient', setting.recipient] : ['--no-encryption']),
        ...targetFlags(setting, into),
        ...(canHaveWorkers ? ['--workers', String(workers)] : []),
      ];
      return { stages: [stage], outputFile, countMessages: () => countArchived(setting, variant, prefix, outputFile) };
    },
  };
}

export function archiveCommand({ servers, topic }: Setting, group: string, prefix: string): readonly string[] {
  return [
    ...[process.execPath, COMMAND, 'archive', '--brokers', servers.kafka, '--topic', topic],
    ...['--group', group, '--prefix', prefix, '--until-end', '--json'],
  ];
}

export function targetFlags({ servers, folder }: Setting, into: Variant['into']): readonly string[] {
  if (into === 'folder') return ['--folder', folder];
  const endpoint = into === 'bucket' ? servers.bucketEndpoint : servers.swallower.endpoint;
  return ['--endpoint', endpoint, '--bucket', BUCKET];
}

/** What the store has, not what the archiver says; both must agree. */
async function countArchived(
  { servers, folder, identityFile }: Setting,
  { into, isEncrypted }: Variant,
  prefix: string,
  eventsFile: string,
): Promise<number> {
  const said = (await eventsOf(eventsFile, 'stopped')).at(-1)?.['records'];
  const stored = await countStored();
  if (said !== stored) throw new Error(`The archiver said ${String(said)} records, the store has ${stored}`);
  return stored;

  async function countStored(): Promise<number> {
    if (into === 'nothing') return servers.swallower.recordsUnder(prefix);
    if (into === 'bucket') return countInBucket(servers.bucketEndpoint, prefix);
    const open = isEncrypted ? `age -d -i '${identityFile}' "$f" | zstd -dcq` : 'zstd -dcq <"$f"';
    return countLines(`find '${folder}' -name '*.permafrost' -type f | while read -r f; do ${open}; done`);
  }
}

export async function eventsOf(file: string, kind: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>).filter(({ event }) => event === kind);
}

/** By the metadata that the bucket lists. */
export async function countInBucket(endpoint: string, prefix: string): Promise<number> {
  let records = 0;
  for (let pageToken: string | undefined = ''; pageToken !== undefined;) {
    const query = new URLSearchParams({ prefix: `${prefix}/`, ...(pageToken === '' ? {} : { pageToken }) });
    const answer = await fetch(`${endpoint}/storage/v1/b/${BUCKET}/o?${query.toString()}`);
    const page = (await answer.json()) as ListAnswer;
    for (const { name, metadata } of page.items ?? []) {
      if (isArchiveUnder(prefix, name)) records += Number(metadata?.['records'] ?? Number.NaN);
    }
    pageToken = page.nextPageToken;
  }
  return records;
}

interface ListAnswer {
  readonly items?: readonly { readonly name: string; readonly metadata?: Readonly<Record<string, string>> }[];
  readonly nextPageToken?: string;
}

async function countLines(script: string): Promise<number> {
  const { exitCode, stdout, stderr } = await read('bash', ['-o', 'pipefail', '-c', `${script} | wc -l`]);
  if (exitCode !== 0) throw new Error(`What was made cannot be opened: ${stderr}`);
  return Number(stdout);
}

export const PIPES: readonly Subject[] = [
  pipe('kcat -f | zstd -3 | age', ['-f', String.raw`%p %o %T %k %s\n`]),
  pipe('kcat -J | zstd -3 | age', ['-J']),
];

function pipe(name: string, format: readonly string[]): Subject {
  return {
    name,
    needs: [KCAT, ZSTD, AGE],
    prepare: async ({ servers, topic, recipient, identityFile, folder }) => {
      const outputFile = path.join(folder, 'archive.zst.age');
      const kcat = ['kcat', '-C', '-q', '-e', '-o', 'beginning', '-b', servers.kafka, '-t', topic, ...format];
      return {
        stages: [kcat, ['zstd', '-3', '-q', '-c'], ['age', '-r', recipient]],
        outputFile,
        countMessages: () => countLines(`age -d -i '${identityFile}' '${outputFile}' | zstd -dcq`),
      };
    },
  };
}

export const SCRIPT: Subject = {
  name: 'Python: kafka-python, json, zlib 6 | age',
  isSlow: true,
  needs: [PYTHON, AGE],
  prepare: async ({ servers, topic, set, recipient, identityFile, folder }) => {
    const outputFile = path.join(folder, 'archive.gz.age');
    const script = path.join(PROJECT, 'test/bench/script.py');
    return {
      stages: [
        ['/usr/bin/python3', script, servers.kafka, topic, String(set.messages)],
        ['age', '-r', recipient],
      ],
      outputFile,
      countMessages: () => countLines(`age -d -i '${identityFile}' '${outputFile}' | gzip -dc`),
    };
  },
};
