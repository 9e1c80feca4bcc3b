/** What a bucket holds: the rows lie in a thread of their own, the window asks for those it shows. */
import { z } from 'zod';
import type { ObjectRow } from '../model/archive';
import { SORT_COLUMNS, type CatalogRows, type CatalogView, type ChoiceTotals } from '../model/catalog';
import { wholeNumber } from '../model/settings';
import { bucketName, objectRef, request, type JobStarted } from './request';

const partition = wholeNumber(0, 2_147_483_647);
/** what metadata say, which need not be a name that Kafka allows */
const topic = z.string().min(1).max(1_024);
const ms = z.number().int();

const place = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('topic'), topic }),
  z.strictObject({ kind: z.literal('partition'), topic, partition }),
  z.strictObject({ kind: z.literal('snapshots') }),
  z.strictObject({ kind: z.literal('other') }),
]);
const query = z.strictObject({
  place,
  filter: z.strictObject({
    text: z.string().max(1_024),
    fromTime: ms.nullable(),
    untilTime: ms.nullable(),
    key: z.string().max(200).nullable(),
  }),
  sort: z.strictObject({ column: z.enum(SORT_COLUMNS), isDescending: z.boolean() }),
});
const tick = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('toggle'), object: objectRef }),
  z.strictObject({ kind: z.literal('range'), from: objectRef.nullable(), to: objectRef }),
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('none') }),
]);
const choice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('objects'), objects: z.array(objectRef).min(1).max(1_000).readonly() }),
  z.strictObject({ kind: z.literal('ticked') }),
  z.strictObject({ kind: z.literal('place'), place }),
]);
const chosen = z.strictObject({ bucket: bucketName, choice });

export const catalogRequests = {
  /** opens the bucket's catalog when another was open; the event `catalog` says when to look again */
  'catalog.look': request(
    z.strictObject({ bucket: bucketName, query, active: objectRef.nullable() }),
  ).answers<CatalogView>(),
  /** of the last look; BUSY when another bucket was opened meanwhile, as for all that follow */
  'catalog.rows': request(
    z.strictObject({ bucket: bucketName, from: z.number().int().min(0), count: wholeNumber(1, 1_000) }),
  ).answers<CatalogRows>(),
  'catalog.find': request(
    z.strictObject({ bucket: bucketName, name: z.string().max(1_024) }),
  ).answers<ObjectRow | null>(),
  'catalog.tick': request(z.strictObject({ bucket: bucketName, tick })).answers<null>(),
  'catalog.refresh': request(z.strictObject({ bucket: bucketName, kind: z.enum(['added', 'all']) })).answers<null>(),
  /** what a job would be about, and what of it a key here opens */
  'catalog.choice': request(chosen).answers<ChoiceTotals>(),

  /** @param objects how many were said to be lost: refused when it would be others by now */
  'archive.delete': request(
    z.strictObject({ ...chosen.shape, objects: wholeNumber(1, 100_000_000) }),
  ).answers<JobStarted>(),
  /**
   * asks for a folder; null when the user cancels. stored: byte for byte; decoded: decrypted, decompressed JSONL of
   * those that a key here opens
   */
  'archive.download': request(
    z.strictObject({ ...chosen.shape, form: z.enum(['stored', 'decoded']) }),
  ).answers<JobStarted | null>(),
} as const;
