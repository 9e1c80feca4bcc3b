/** What it costs to verify the archives of a topic: every record read, or compared with Kafka as well. */
import path from 'node:path';
import { z } from 'zod';
import { archived } from './restore';
import { COMMAND } from './servers';
import { eventsOf, type Subject } from './subjects';

interface Variant {
  readonly isEncrypted: boolean;
  /** Kafka is read again, and compared */
  readonly withSource: boolean;
}

/** The first is what the others are compared with. */
export const VERIFIES: readonly Subject[] = [
  verifySubject({ isEncrypted: true, withSource: false }),
  verifySubject({ isEncrypted: false, withSource: false }),
  verifySubject({ isEncrypted: true, withSource: true }),
];

const verifiedSchema = z.object({
  findings: z.literal(0),
  content: z.object({ records: z.number(), source: z.object({ equal: z.number() }).nullable() }),
});

function verifySubject({ isEncrypted, withSource }: Variant): Subject {
  return {
    name: `permafrost verify ${withSource ? '--source' : '--content'}, zstd 3, ${isEncrypted ? 'age' : 'not encrypted'}`,
    needs: [],
    prepare: async (setting) => {
      const { servers, topic, folder, identityFile } = setting;
      const archives = await archived(setting, isEncrypted);
      const outputFile = path.join(folder, 'events.jsonl');
      const stage = [
        ...[process.execPath, COMMAND, 'verify', '--folder', archives, '--prefix', 'bench', '--topic', topic],
        ...(withSource ? ['--source', '--brokers', servers.kafka] : ['--content']),
        ...(isEncrypted ? ['--key', identityFile] : []),
        '--json',
      ];
      return {
        stages: [stage],
        outputFile,
        countMessages: async () => {
          const { content } = verifiedSchema.parse((await eventsOf(outputFile, 'verified')).at(-1));
          return withSource ? (content.source?.equal ?? Number.NaN) : content.records;
        },
      };
    },
  };
}
