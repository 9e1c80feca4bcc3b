/** Looking inside archives: of the bucket, and files on a disk. */
import { z } from 'zod';
import type { MatchPage, OpenedArchive, RecordPage } from '../model/archive';
import { wholeNumber } from '../model/settings';
import type { ChosenFile } from './contract';
import { bucketName, nothing, objectRef, request, type JobStarted } from './request';

const handle = z.strictObject({ handle: z.string() });
const integer = z.string().regex(/^-?\d{1,18}$/, 'A whole number is needed');

/** model/search.ts tells what the parts mean */
export const recordFilter = z.strictObject({
  key: z.string().max(100_000).nullable(),
  text: z.string().max(100_000).nullable(),
  conditions: z.array(z.string().min(1).max(10_000)).max(100).readonly(),
  fromOffset: integer.nullable(),
  untilOffset: integer.nullable(),
  fromTime: integer.nullable(),
  untilTime: integer.nullable(),
});

export const previewRequests = {
  /** decrypts and decompresses in memory, block by block */
  'preview.open': request(z.strictObject({ bucket: bucketName, ...objectRef.shape })).answers<OpenedArchive>(),
  'preview.openFile': request(z.strictObject({ path: z.string().min(1) })).answers<OpenedArchive>(),
  /** asks with a file dialog; null when the user cancels */
  'preview.chooseFile': request(nothing).answers<ChosenFile | null>(),
  'preview.records': request(
    z.strictObject({ ...handle.shape, from: z.number().int().min(0), count: wholeNumber(1, 500) }),
  ).answers<RecordPage>(),
  /** the first row at or behind an offset or a time (ms since 1970); the number of rows when there is none */
  'preview.row': request(z.strictObject({ ...handle.shape, by: z.enum(['offset', 'time']), at: integer })).answers<{
    readonly row: number;
  }>(),
  /** begins anew with every filter; INPUT_INVALID with context.field when a part of it cannot be read */
  'preview.filter': request(z.strictObject({ ...handle.shape, filter: recordFilter })).answers<null>(),
  /** goes on with the filter for a while, also without finding anything */
  'preview.matches': request(z.strictObject({ ...handle.shape, count: wholeNumber(1, 500) })).answers<MatchPage>(),
  /** asks where to; null when the user cancels. What the filter takes, all of it */
  'preview.export': request(
    z.strictObject({ ...handle.shape, filter: recordFilter, form: z.enum(['jsonl', 'csv']) }),
  ).answers<JobStarted | null>(),
  'preview.close': request(handle).answers<null>(),
} as const;
