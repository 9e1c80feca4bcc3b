import { z } from 'zod';
import type { SearchView } from '../model/search';
import { topicName, wholeNumber } from '../model/settings';
import { recordFilter } from './preview-requests';
import { bucketName, request, type JobStarted } from './request';

export const searchRequests = {
  /** over all archives of a topic, under the settings' prefix */
  'search.start': request(
    z.strictObject({
      bucket: bucketName,
      topic: topicName,
      /** null: all */
      partition: wholeNumber(0, 1_000_000).nullable(),
      filter: recordFilter,
    }),
  ).answers<JobStarted>(),
  /** what was found since; null when another search has begun */
  'search.look': request(
    z.strictObject({ jobId: z.string(), from: wholeNumber(0, 1_000_000) }),
  ).answers<SearchView | null>(),
} as const;
