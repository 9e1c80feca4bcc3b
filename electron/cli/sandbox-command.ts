import { homedir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { startSandboxBucketServer } from '../sandbox/gcs/server';
import { startSandboxBroker } from '../sandbox/kafka/broker';
import { aborted, parseFlags, untilAskedToEnd, wholeNumber, type Flags } from './arguments';
import type { Command } from './command';

const FLAGS = {
  'kafka-port': { type: 'string' },
  'gcs-port': { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Flags;

const port = wholeNumber(0, 65_535);

const schema = z.object({
  'kafka-port': port.default(19_092),
  'gcs-port': port.default(14_443),
  data: z.string().min(1).optional(),
});

export const sandboxCommand: Command = {
  name: 'sandbox',
  summary: 'Runs the built-in Kafka broker and bucket without a window, until it is asked to end',
  help: `permafrost sandbox [--kafka-port PORT] [--gcs-port PORT] [--data DIR] [--json]

  --kafka-port PORT  19092; 0 takes a free one
  --gcs-port PORT    14443; 0 takes a free one
  --data DIR         where topics and objects are kept; ~/.permafrost/sandbox
  --json             prints the addresses as one line of JSON`,
  run: async (args, { environment, isJson }) => {
    const flags = parseFlags(args, FLAGS, schema, environment);
    const dataDir = flags.data ?? path.join(homedir(), '.permafrost', 'sandbox');
    const asked = untilAskedToEnd();
    const broker = await startSandboxBroker({ dataDir: path.join(dataDir, 'kafka'), port: flags['kafka-port'] });
    const bucket = await startSandboxBucketServer({
      dataDir: path.join(dataDir, 'bucket'),
      port: flags['gcs-port'],
    }).catch(async (thrown: unknown) => {
      await broker.close();
      throw thrown;
    });
    const kafka = `${broker.host}:${broker.port}`;
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ kafka, gcs: bucket.endpoint })}\n`
        : `Kafka on ${kafka}, bucket on ${bucket.endpoint}, data in ${dataDir}. Ctrl-C ends it.\n`,
    );
    await aborted(asked);
    await Promise.all([broker.close(), bucket.close()]);
    return 0;
  },
};
