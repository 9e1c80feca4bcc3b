/** The checker's thread: tries a connection, Kafka and the bucket at the same time, and tells each step. */
import { parentPort } from 'node:worker_threads';
import { checkKafka } from '../engine/check/check-kafka';
import { checkStore } from '../engine/check/check-store';
import { placeIn } from '../engine/store/open-store';
import { serve } from './channel';
import type { CheckerEvents, CheckerRequests } from './checker-protocol';

const handlers: CheckerRequests = {
  check: async ({ testId, connections, topics, groupId, bucket, prefix }) => {
    const { kafka, storage } = connections;
    await Promise.all([
      checkKafka({ kafka, topics, groupId }, (step) => channel.emit('step', { testId, side: 'kafka', step })),
      checkStore(placeIn(storage, bucket), prefix, (step) =>
        channel.emit('step', { testId, side: 'destination', step }),
      ),
    ]);
    return null;
  },
};

if (parentPort === null) throw new Error('The checker runs in a worker thread');
const channel = serve<CheckerEvents>(parentPort, handlers);
