/**
 * What a topic holds as kcat reads it, and what a bucket holds as age, zstd and jq open it: nothing here is code of the
 * engine, so that a mistake of its writer is not repeated by the reader.
 */
import { spawnSync } from 'node:child_process';
import { z } from 'zod';

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** A record as both sides can say it: UTF-8 alone. */
export interface PlainRecord {
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  /** name, value, name, value, ... */
  readonly headers: readonly (string | null)[];
}

export interface ArchivedObject {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly PlainRecord[];
}

const kcatSchema = z.object({
  partition: z.number(),
  offset: z.number(),
  ts: z.number(),
  key: z.string().nullable(),
  payload: z.string().nullable(),
  headers: z.array(z.string().nullable()).default([]),
});

/** Every committed record of a topic, by partition and offset. */
export function readTopic(broker: string, topic: string): PlainRecord[] {
  const args = ['-C', '-b', broker, '-t', topic, '-o', 'beginning', '-e', '-q', '-J'];
  const printed = run('kcat', [...args, '-X', 'isolation.level=read_committed']);
  return jsonLines(printed)
    .map((line) => kcatSchema.parse(line))
    .map(({ ts, payload, ...record }) => ({ ...record, timestamp: ts, value: payload }))
    .sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

const listSchema = z.object({
  items: z.array(z.object({ name: z.string(), metadata: z.record(z.string(), z.string()) })).default([]),
});

const lineSchema = z.object({
  offset: z.number(),
  timestamp: z.number(),
  key: z.string().nullable(),
  value: z.string().nullable(),
  headers: z.array(z.tuple([z.string(), z.string().nullable()])),
});

/**
 * Every archive below a prefix, in name order.
 * @param identityFile of age
 * @throws unless each partition's archives begin at 0 and each where the one before ends
 */
export async function openArchives(
  endpoint: string,
  bucket: string,
  prefix: string,
  identityFile: string,
): Promise<ArchivedObject[]> {
  const objects = `${endpoint}/storage/v1/b/${bucket}/o`;
  const listed = await fetch(`${objects}?prefix=${encodeURIComponent(`${prefix}/`)}&maxResults=1000`);
  const { items } = listSchema.parse(await listed.json());
  const ends = new Map<string, string>();
  const opened: ArchivedObject[] = [];
  for (const { name, metadata } of items) {
    const chain = name.slice(0, name.lastIndexOf('/'));
    if (metadata['first-offset'] !== (ends.get(chain) ?? '0')) throw new Error(`The chain breaks before ${name}`);
    ends.set(chain, metadata['next-offset'] ?? '');
    const body = Buffer.from(await (await fetch(`${objects}/${encodeURIComponent(name)}?alt=media`)).arrayBuffer());
    const script = 'age -d -i "$0" | zstd -dcq | jq -c .';
    const lines = jsonLines(run('bash', ['-o', 'pipefail', '-c', script, identityFile], body));
    const partition = Number(metadata['partition']);
    const records = lines
      .map((line) => lineSchema.parse(line))
      .map(({ headers, ...record }) => ({ ...record, partition, headers: headers.flat() }));
    opened.push({ name, metadata, records });
  }
  return opened;
}

/** A key pair of age's own making. @returns the public key */
export function makeIdentity(file: string): string {
  run('age-keygen', ['-o', file]);
  return run('age-keygen', ['-y', file]).trim();
}

function run(program: string, args: readonly string[], input?: Buffer): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    maxBuffer: MAX_OUTPUT_BYTES,
    ...(input === undefined ? {} : { input }),
  });
  if (status === 0) return stdout.toString();
  const advice = 'This test needs the Debian packages kcat, age, zstd, jq.';
  throw new Error(`${program} ended with ${String(status)}: ${error?.message ?? stderr.toString()}. ${advice}`);
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
