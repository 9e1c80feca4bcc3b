/** The sandbox's thread: a Kafka broker and a bucket server on loopback ports, over a folder. */
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { toPlainError, type PlainError } from '../../shared/errors';
import { startSandboxBucketServer } from './gcs/server';
import { startSandboxBroker } from './kafka/broker';

const optionsSchema = z.object({ dataDir: z.string(), kafkaPort: z.number(), bucketPort: z.number() });

export type SandboxOptions = Readonly<z.infer<typeof optionsSchema>>;

export type SandboxMessage =
  | { readonly kind: 'running'; readonly kafka: string; readonly bucketEndpoint: string }
  | { readonly kind: 'failed'; readonly error: PlainError }
  | { readonly kind: 'closed' };

const port = parentPort;
if (port === null) throw new Error('The sandbox runs in a worker thread');
const post = (message: SandboxMessage): void => port.postMessage(message);

async function run(options: SandboxOptions): Promise<void> {
  const broker = await startSandboxBroker({
    dataDir: path.join(options.dataDir, 'kafka'),
    port: options.kafkaPort,
    autoCreateTopics: true,
  });
  const bucket = await startSandboxBucketServer({
    dataDir: path.join(options.dataDir, 'bucket'),
    port: options.bucketPort,
  }).catch(async (thrown: unknown) => {
    await broker.close();
    throw thrown;
  });
  post({ kind: 'running', kafka: `${broker.host}:${broker.port}`, bucketEndpoint: bucket.endpoint });
  port?.once('message', () => {
    void Promise.all([broker.close(), bucket.close()]).then(
      () => post({ kind: 'closed' }),
      (thrown: unknown) => post({ kind: 'failed', error: toPlainError(thrown) }),
    );
  });
}

run(optionsSchema.parse(workerData)).catch((thrown: unknown) => post({ kind: 'failed', error: toPlainError(thrown) }));
