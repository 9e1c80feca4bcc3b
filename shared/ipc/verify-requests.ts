import { z } from 'zod';
import type { VerificationView } from '../model/verify';
import { topicName, wholeNumber } from '../model/settings';
import { bucketName, request, type JobStarted } from './request';

const ofJob = z.strictObject({ jobId: z.string() });

export const verifyRequests = {
  /** under the settings' bucket and prefix */
  'verify.start': request(
    z.strictObject({
      /** null: all topics */
      topic: topicName.nullable(),
      /** null: coverage alone; else one of so many parts of the archives is read, 1 for all */
      content: z
        .strictObject({
          oneOf: wholeNumber(1, 1_000_000),
          /** what Kafka still holds of them is compared */
          withSource: z.boolean(),
        })
        .nullable(),
    }),
  ).answers<JobStarted>(),
  /** null when another verification has run since, or the app was started anew */
  'verify.result': request(ofJob).answers<VerificationView | null>(),
  /** asks where to; null when the user cancels, else the path */
  'verify.saveReport': request(z.strictObject({ ...ofJob.shape, form: z.enum(['html', 'json']) })).answers<
    string | null
  >(),
  /** archives again what is missing of a partition and still in Kafka */
  'verify.repair': request(
    z.strictObject({ topic: topicName, partition: wholeNumber(0, 1_000_000) }),
  ).answers<JobStarted>(),
  /** asks for a folder, and saves there what the archives still hold; null when the user cancels */
  'verify.recover': request(
    z.strictObject({ bucket: bucketName, names: z.array(z.string().min(1).max(1024)).min(1).max(10_000) }),
  ).answers<JobStarted | null>(),
} as const;
