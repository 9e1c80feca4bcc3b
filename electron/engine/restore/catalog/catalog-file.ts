/**
 * A catalog on the disk, so that the next visit of a bucket begins with what was there. It is a cache: what is damaged,
 * or of another version, is refused, and the bucket is listed anew.
 *
 * Gzip of JSON lines: the head, then up to 500 objects a line, then the number of all.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { messageOf, PermafrostError } from '../../../../shared/errors';
import type { ObjectRow } from '../../../../shared/model/archive';
import type { Catalog } from './catalog';

const VERSION = 1;
const ROWS_A_LINE = 500;
/** the fastest: a catalog is written far more often than it is moved */
const GZIP_LEVEL = 1;

const text = z.string();
const number = z.number();
const sealed = { recipients: z.array(text), opens: z.boolean() };

const rowSchema: z.ZodType<ObjectRow> = z.object({
  name: text,
  generation: text,
  storedBytes: number,
  crc32c: text,
  storageClass: text,
  createdAt: number,
  archive: z
    .object({
      ...{ topic: text, topicId: text, partition: number, firstOffset: text, nextOffset: text, records: number },
      ...{ gap: text.nullable(), dropped: number, reduction: text.nullable() },
      ...{ firstTimestamp: text.nullable(), lastTimestamp: text.nullable() },
      ...{ rawBytes: number, encodedBytes: number, compressedBytes: number, codec: text, ...sealed },
    })
    .nullable(),
  snapshot: z.object({ clusterId: text, topics: number, groups: number, ...sealed }).nullable(),
  problem: text.nullable(),
});
const headSchema = z.object({ version: z.literal(VERSION), bucket: text, listedAt: number.nullable() });
const lineSchema = z.union([z.array(rowSchema), z.object({ objects: number })]);

/**
 * Takes the place of the former one as a whole.
 * @param bucket what it is of: `readCatalog` refuses another's
 * @throws PermafrostError FILE_UNWRITABLE
 */
export async function writeCatalog(file: string, bucket: string, catalog: Catalog): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await pipeline(
      Readable.from(linesOf(bucket, catalog)),
      createGzip({ level: GZIP_LEVEL }),
      createWriteStream(part, { mode: 0o600 }),
    );
    await rename(part, file);
  } catch (thrown) {
    throw new PermafrostError('FILE_UNWRITABLE', `The list of ${bucket} could not be kept: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

function* linesOf(bucket: string, { folders, objects, listedAt }: Catalog): Generator<string> {
  yield `${JSON.stringify({ version: VERSION, bucket, listedAt })}\n`;
  for (const rows of folders.values()) {
    for (let at = 0; at < rows.length; at += ROWS_A_LINE) {
      yield `${JSON.stringify(rows.slice(at, at + ROWS_A_LINE))}\n`;
    }
  }
  yield `${JSON.stringify({ objects })}\n`;
}

/**
 * @param into gets what is read, as it comes; empty, and to be thrown away when this throws
 * @param onAdded after each part of it
 * @throws Error saying why it cannot be used: it is not there, damaged, or of another version or bucket
 */
export async function readCatalog(file: string, bucket: string, into: Catalog, onAdded: () => void): Promise<void> {
  let head: z.infer<typeof headSchema> | null = null;
  let isWhole = false;
  for await (const line of linesIn(file)) {
    const content: unknown = JSON.parse(line);
    if (head === null) {
      head = headSchema.parse(content);
      if (head.bucket !== bucket) throw new Error(`It is of ${head.bucket}`);
      continue;
    }
    const parsed = lineSchema.parse(content);
    if (!Array.isArray(parsed)) {
      isWhole = parsed.objects === into.objects;
      continue;
    }
    into.add(parsed);
    onAdded();
  }
  if (head === null || !isWhole) throw new Error('It is cut off');
  into.listedAt = head.listedAt;
}

async function* linesIn(file: string): AsyncGenerator<string> {
  const unzipped = createGunzip();
  const read = pipeline(createReadStream(file), unzipped);
  read.catch((thrown: unknown) => unzipped.destroy(thrown as Error));
  yield* createInterface({ input: unzipped, crlfDelay: Infinity });
  await read;
}
