import { z } from 'zod';
import type { RestorePlanView } from '../model/restore';
import { topicName, wholeNumber } from '../model/settings';
import { request, type JobStarted } from './request';

const offset = z.string().regex(/^\d{1,18}$/, 'An offset is a whole number');
/** ms since 1970 */
const time = z.number().int();

const restore = z.strictObject({
  /** whose archives, under the settings' bucket and prefix */
  topic: topicName,
  toTopic: topicName,
  fromOffset: offset.nullable(),
  /** exclusive */
  untilOffset: offset.nullable(),
  fromTime: time.nullable(),
  /** exclusive */
  untilTime: time.nullable(),
  /** whole keys; empty: all records */
  keys: z.array(z.string().max(100_000)).max(1_000),
  /** the consumer groups' offsets of the latest snapshot come along */
  withGroups: z.boolean(),
  /** into a topic that holds records already */
  append: z.boolean(),
  /** settings of an existing topic that would delete, alter or refuse records */
  setAside: z.boolean(),
  /** settings go back at the end; those that would delete records only with `acceptDeletion` */
  applySettings: z.boolean(),
  acceptDeletion: z.boolean(),
  /** null: as fast as it goes */
  recordsPerSecond: wholeNumber(1, 100_000_000).nullable(),
  /** null: a new one */
  job: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,60}$/, 'A job has up to 60 letters, digits, ".", "_" and "-"')
    .nullable(),
});

export type RestoreParams = z.infer<typeof restore>;

export const restoreRequests = {
  /** the dry run; writes nothing */
  'restore.plan': request(restore).answers<RestorePlanView>(),
  'restore.start': request(restore).answers<JobStarted>(),
} as const;
