/** The way back: what an archive of a topic costs to restore into another topic of the same Kafka. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { read } from '../../scripts/child-process.mjs';
import { KafkaAdmin } from '../../electron/engine/kafka/admin';
import { connectKafka } from '../../electron/engine/kafka/client';
import { COMMAND } from './servers';
import { archiveCommand, eventsOf, type Setting, type Subject } from './subjects';

interface Variant {
  readonly isEncrypted: boolean;
  /** of the batches in Kafka */
  readonly compression: 'zstd' | 'none';
}

/** The first is what the others are compared with. */
export const RESTORES: readonly Subject[] = [
  restoreSubject({ isEncrypted: true, compression: 'zstd' }),
  restoreSubject({ isEncrypted: true, compression: 'none' }),
  restoreSubject({ isEncrypted: false, compression: 'zstd' }),
];

function restoreSubject({ isEncrypted, compression }: Variant): Subject {
  const batches = compression === 'none' ? 'plain batches' : `batches in ${compression}`;
  return {
    name: `permafrost restore, zstd 3, ${isEncrypted ? 'age' : 'not encrypted'}, ${batches}`,
    needs: [],
    prepare: async (setting) => {
      const { servers, topic, folder, identityFile, run } = setting;
      const archives = await archived(setting, isEncrypted);
      const target = `${topic}-${run}`;
      const outputFile = path.join(folder, 'events.jsonl');
      const stage = [
        ...[process.execPath, COMMAND, 'restore', '--brokers', servers.kafka, '--topic', topic, '--to-topic', target],
        ...['--folder', archives, '--prefix', 'bench', '--compress', compression, '--apply-settings', '--json'],
        ...(isEncrypted ? ['--key', identityFile] : []),
      ];
      return {
        stages: [stage],
        outputFile,
        countMessages: async () => {
          const said = (await eventsOf(outputFile, 'restored')).at(-1)?.['records'];
          const written = await recordsIn(setting, target);
          await servers.deleteTopic(target);
          return said === written ? written : Number.NaN;
        },
      };
    },
  };
}

/** Archives the topic; what a restore starts from. @returns the folder */
export async function archived(setting: Setting, isEncrypted: boolean): Promise<string> {
  const folder = path.join(setting.folder, 'archives');
  await mkdir(folder);
  const [program = '', ...args] = [
    ...archiveCommand(setting, `${setting.run}-source`, 'bench'),
    ...['--folder', folder, '--codec', 'zstd', '--level', '3'],
    ...(isEncrypted ? ['--recipient', setting.recipient] : ['--no-encryption']),
  ];
  const { exitCode, stderr } = await read(program, args);
  if (exitCode !== 0) throw new Error(`The topic could not be archived: ${stderr}`);
  return folder;
}

/** What Kafka has, not what the restore says: every partition's offsets without those of transaction markers. */
export async function recordsIn({ servers, set }: Setting, topic: string): Promise<number> {
  const admin = await KafkaAdmin.connect(connectKafka({ brokers: [servers.kafka], clientId: 'bench' }));
  try {
    const ranges = await admin.logRanges(topic);
    const offsets = ranges.reduce((sum, { earliest, end }) => sum + Number(end - earliest), 0);
    const markers = offsets - set.messages;
    // a transaction has 16 MB, and at least one record
    return markers >= ranges.length && markers < set.messages / 100 ? set.messages : offsets;
  } finally {
    await admin.close();
  }
}
