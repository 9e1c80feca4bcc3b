/**
 * Pages of a folder store's names, in the order of their UTF-8 bytes. Folders are walked in that order, so that a page
 * reads the folders it comes from and no others; names come from paths alone, sidecars are read for what is listed.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { unlessMissing } from './folder-files';
import { bytesOfFolder, bytesOfSidecar } from './folder-names';
import { pathsOf } from './folder-sidecar';
import type { ListQuery } from './port';

export interface NamePage {
  readonly names: readonly string[];
  readonly prefixes: readonly string[];
  readonly nextPageToken: string | null;
}

interface Entry {
  readonly path: string;
  readonly isFolder: boolean;
  /** what every name in a folder begins with, or the whole name */
  readonly bytes: Buffer;
}

/** What is still wanted: moves on while names are found. */
interface Cursor {
  readonly prefix: Buffer;
  from: Buffer;
}

/** As many as Cloud Storage gives at once. */
const MAX_PAGE_SIZE = 1_000;
/** Behind a name: the first one that could follow. */
const NEXT_NAME = Buffer.from([0]);
/** Behind a prefix: past all names that have it, for no UTF-8 has this byte. */
const PAST_PREFIX = Buffer.from([0xff]);

export async function listNames(folder: string, query: Omit<ListQuery, 'signal'>): Promise<NamePage> {
  const { prefix = '', delimiter, startOffset = '', pageToken, pageSize = MAX_PAGE_SIZE } = query;
  const cursor = { prefix: Buffer.from(prefix), from: laterOf(Buffer.from(startOffset), fromToken(pageToken)) };
  const limit = Math.min(Math.max(pageSize, 1), MAX_PAGE_SIZE);
  const names: string[] = [];
  const prefixes: string[] = [];
  for await (const name of walk(folder, folder, Buffer.alloc(0), cursor)) {
    if (names.length + prefixes.length === limit) return { names, prefixes, nextPageToken: toToken(cursor.from) };
    const folded = foldedPrefix(name, prefix, delimiter);
    if (folded === null) names.push(name);
    else prefixes.push(folded);
    cursor.from = Buffer.concat(folded === null ? [Buffer.from(name), NEXT_NAME] : [Buffer.from(folded), PAST_PREFIX]);
  }
  return { names, prefixes, nextPageToken: null };
}

async function* walk(root: string, folder: string, base: Buffer, cursor: Cursor): AsyncGenerator<string> {
  for (const entry of await entriesOf(root, folder, base)) {
    if (!isWanted(entry, cursor)) continue;
    if (entry.isFolder) {
      yield* walk(root, entry.path, entry.bytes, cursor);
      continue;
    }
    const name = entry.bytes.toString();
    if (leadsTo(root, name, entry.path)) yield name;
  }
}

/** No entry's bytes begin another's names (folder-names.ts), so the order of entries is the order of names. */
async function entriesOf(root: string, folder: string, base: Buffer): Promise<readonly Entry[]> {
  // a folder that goes away meanwhile is empty; the store's own is not
  const found = folder === root ? await readdirOf(folder) : ((await unlessMissing(readdirOf(folder))) ?? []);
  return found
    .flatMap((entry): Entry[] => {
      const isFolder = entry.isDirectory();
      const bytes = isFolder ? bytesOfFolder(entry.name) : bytesOfSidecar(entry.name);
      if (bytes === null) return [];
      return [{ path: path.join(folder, entry.name), isFolder, bytes: Buffer.concat([base, bytes]) }];
    })
    .sort((one, other) => Buffer.compare(one.bytes, other.bytes));
}

function readdirOf(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

function isWanted({ bytes, isFolder }: Entry, { prefix, from }: Cursor): boolean {
  if (!isFolder) return begins(bytes, prefix) && Buffer.compare(bytes, from) >= 0;
  const mayHavePrefix = begins(bytes, prefix) || begins(prefix, bytes);
  return mayHavePrefix && (Buffer.compare(bytes, from) >= 0 || begins(from, bytes));
}

/** Files that a person put there, or called differently, are not the store's. */
function leadsTo(root: string, name: string, file: string): boolean {
  return name !== '' && !name.includes('\ufffd') ? pathsOf(root, name).sidecar === file : false;
}

function foldedPrefix(name: string, prefix: string, delimiter: string | undefined): string | null {
  if (delimiter === undefined || delimiter === '') return null;
  const end = name.indexOf(delimiter, prefix.length);
  return end === -1 ? null : name.slice(0, end + delimiter.length);
}

function begins(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.compare(start, 0, start.length, 0, start.length) === 0;
}

function laterOf(one: Buffer, other: Buffer): Buffer {
  return Buffer.compare(one, other) > 0 ? one : other;
}

function toToken(from: Buffer): string {
  return from.toString('base64url');
}

function fromToken(token: string | undefined): Buffer {
  return Buffer.from(token ?? '', 'base64url');
}
