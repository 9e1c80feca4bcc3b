/**
 * What a topic holds as kcat reads it, and what a bucket holds as age, zstd and jq open it: nothing here is code of the
 * engine, so that a mistake of its writer is not repeated by the reader.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import { exitCodeOf } from '../../scripts/child-process.mjs';
import { parseRecipient, type Recipient } from '../../electron/engine/keys/recipient';
import type { Watched } from './archiving';
import { BUCKET, type Environment } from './environment';

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
export async function readTopic(broker: string, topic: string): Promise<PlainRecord[]> {
  const args = ['-C', '-b', broker, '-t', topic, '-o', 'beginning', '-e', '-q', '-J'];
  const printed = await run('kcat', [...args, '-X', 'isolation.level=read_committed']);
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
 * Every archive of a topic, in name order.
 * @throws unless each partition's archives begin at 0 and each where the one before ends
 */
export async function openArchives(
  { bucketEndpoint, bucket = BUCKET }: { readonly bucketEndpoint: string; readonly bucket?: string },
  topic: string,
  { identityFile }: AgeKey,
): Promise<ArchivedObject[]> {
  const objects = `${bucketEndpoint}/storage/v1/b/${bucket}/o`;
  const listed = await fetch(`${objects}?prefix=${encodeURIComponent(`archive/${topic}/`)}&maxResults=1000`);
  const { items } = listSchema.parse(await listed.json());
  const ends = new Map<string, string>();
  const opened: ArchivedObject[] = [];
  for (const { name, metadata } of items) {
    const chain = name.slice(0, name.lastIndexOf('/'));
    if (metadata['first-offset'] !== (ends.get(chain) ?? '0')) throw new Error(`The chain breaks before ${name}`);
    ends.set(chain, metadata['next-offset'] ?? '');
    const body = Buffer.from(await (await fetch(`${objects}/${encodeURIComponent(name)}?alt=media`)).arrayBuffer());
    const script = 'age -d -i "$0" | zstd -dcq | jq -c .';
    const lines = jsonLines(await run('bash', ['-o', 'pipefail', '-c', script, identityFile], body));
    const partition = Number(metadata['partition']);
    const records = lines
      .map((line) => lineSchema.parse(line))
      .map(({ headers, ...record }) => ({ ...record, partition, headers: headers.flat() }));
    opened.push({ name, metadata, records });
  }
  return opened;
}

export interface AgeKey {
  /** age1... */
  readonly publicKey: string;
  readonly recipients: readonly Recipient[];
  readonly identityFile: string;
}

/** A key pair of age's own making, until the test ends. */
export async function makeAgeKey(): Promise<AgeKey> {
  const folder = await mkdtemp(path.join(tmpdir(), 'permafrost-age-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const identityFile = path.join(folder, 'key.txt');
  await run('age-keygen', ['-o', identityFile]);
  const publicKey = (await run('age-keygen', ['-y', identityFile])).trim();
  return { publicKey, recipients: [parseRecipient(publicKey)], identityFile };
}

/** Waits until so many records of the topic are committed and every partition is read to its end, and stops. */
export async function finish(
  environment: Environment,
  watched: Watched,
  topic: string,
  records: number,
): Promise<void> {
  const poll = { timeout: 60_000, interval: 100 };
  const committed = async (): Promise<number> => (await readTopic(environment.kafkaAddress, topic)).length;
  await expect.poll(committed, poll).toBeGreaterThanOrEqual(records);
  const hasReachedEnds = async (): Promise<boolean> => {
    const ranges = await environment.admin.logRanges(topic);
    const { partitions } = watched.archiver.status();
    return ranges.every(({ partition, end }) =>
      partitions.some((each) => each.topic === topic && each.partition === partition && each.position === end),
    );
  };
  await expect.poll(hasReachedEnds, poll).toBe(true);
  await watched.archiver.stop();
}

/** Not a synchronous call: the sandbox that it asks runs on this thread. */
async function run(program: string, args: readonly string[], input: Buffer = Buffer.alloc(0)): Promise<string> {
  const child = spawn(program, args, { stdio: 'pipe' });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on('error', () => undefined); // it ended without reading: its exit code tells
  child.stdin.end(input);
  const exitCode = await exitCodeOf(child);
  if (exitCode === 0) return Buffer.concat(stdout).toString();
  const said = Buffer.concat(stderr).toString();
  throw new Error(
    `${program} ended with ${exitCode}: ${said}. This test needs the Debian packages kcat, age, zstd, jq.`,
  );
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
