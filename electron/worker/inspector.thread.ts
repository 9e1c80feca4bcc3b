/** The inspector's thread: answers questions about a connection, each within a deadline. It holds no private keys. */
import { parentPort } from 'node:worker_threads';
import { PermafrostError } from '../../shared/errors';
import { lookAtTopics } from '../engine/archive/topics-overview';
import { connectKafka } from '../engine/kafka/client';
import { connectForQuestions, KeptConnection } from '../engine/kafka/questions';
import { serve } from './channel';
import type { InspectorEvents, InspectorRequests } from './inspector-protocol';

const PATIENCE = { deadlineMs: 20_000, idleMs: 30_000 };

let kafka: KeptConnection | null = null;

const handlers: InspectorRequests = {
  configure: ({ connections }) => {
    kafka?.close();
    kafka = new KeptConnection(() => connectForQuestions(connectKafka(connections.kafka)), PATIENCE);
    return null;
  },

  topics: (question) => connected().ask((questions) => lookAtTopics(questions, question, Date.now())),
};

function connected(): KeptConnection {
  if (kafka === null) throw new PermafrostError('INTERNAL', 'The inspector is not connected.');
  return kafka;
}

if (parentPort === null) throw new Error('The inspector runs in a worker thread');
serve<InspectorEvents>(parentPort, handlers);
