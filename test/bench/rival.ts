/** kafka-backup, the Rust tool of this field, built from its crate. It does not encrypt. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, read, run } from '../../scripts/child-process.mjs';
import { recordsIn } from './restore';
import type { Setting, Subject, Tool } from './subjects';

const FOLDER = path.join(PROJECT, 'test/bench/rivals');

export const CARGO: Tool = {
  name: 'cargo',
  check: ['cargo', '--version'],
  install: 'apt-get install -y --no-install-recommends cargo (Rust 1.85 or newer is needed: rustup.rs has it)',
};

/** @returns the program, or null when it could not be built */
async function build(): Promise<string | null> {
  const target = process.env['CARGO_TARGET_DIR'] ?? path.join(FOLDER, 'target');
  const args = ['build', '--release', '--quiet', '--manifest-path', path.join(FOLDER, 'Cargo.toml')];
  const exitCode = await run('cargo', args, { env: { ...process.env, CARGO_TARGET_DIR: target } });
  return exitCode === 0 ? path.join(target, 'release/kafka-backup-rival') : null;
}

/** Its ways there and back. */
export interface Rival {
  readonly backup: Subject;
  readonly restore: Subject;
  readonly validate: Subject;
}

/** @returns null when it could not be built */
export async function buildRival(): Promise<Rival | null> {
  const program = await build();
  if (program === null) return null;
  const backUp = async ({
    servers,
    topic,
    folder,
  }: Setting): Promise<{ readonly out: string; readonly config: string }> => {
    const config = path.join(folder, 'backup.yaml');
    const out = path.join(folder, 'out');
    await writeFile(config, backupConfig(servers.kafka, topic, out));
    return { out, config };
  };
  const backedUp = async (setting: Setting): Promise<string> => {
    const { out, config } = await backUp(setting);
    const { exitCode, stderr } = await read(program, ['backup', config]);
    if (exitCode !== 0) throw new Error(`kafka-backup could not back up: ${stderr.slice(-2_000)}`);
    return out;
  };
  const subject = (what: string, prepare: Subject['prepare']): Subject => ({
    name: `kafka-backup 0.25.2${what}, zstd 3, not encrypted`,
    needs: [],
    prepare,
  });
  return {
    backup: subject(', into a folder', async (setting) => {
      const { out, config } = await backUp(setting);
      return {
        stages: [[program, 'backup', config]],
        outputFile: path.join(setting.folder, 'said'),
        countMessages: () => countInManifests(out),
      };
    }),
    restore: subject("'s restore", async (setting) => {
      const { servers, topic, folder, run: id } = setting;
      const out = await backedUp(setting);
      const target = `${topic}-${id}`;
      const config = path.join(folder, 'restore.yaml');
      await writeFile(config, restoreConfig(servers.kafka, topic, target, out));
      return {
        stages: [[program, 'restore', config]],
        outputFile: path.join(folder, 'said'),
        countMessages: async () => {
          const written = await recordsIn(setting, target);
          await servers.deleteTopic(target);
          return written;
        },
      };
    }),
    validate: subject("'s segment reader", async (setting) => {
      const outputFile = path.join(setting.folder, 'said');
      return {
        stages: [[program, 'validate', await backedUp(setting)]],
        outputFile,
        countMessages: async () => Number(await readFile(outputFile, 'utf8')),
      };
    }),
  };
}

function backupConfig(broker: string, topic: string, out: string): string {
  return `mode: backup
backup_id: "bench"
source:
  bootstrap_servers: ["${broker}"]
  topics: { include: ["${topic}"] }
storage: { backend: filesystem, path: "${out}" }
backup:
  compression: zstd
  compression_level: 3
  segment_max_bytes: 134217728
  max_concurrent_partitions: 4
  continuous: false
  stop_at_current_offsets: true
`;
}

function restoreConfig(broker: string, topic: string, target: string, out: string): string {
  return `mode: restore
backup_id: "bench"
target:
  bootstrap_servers: ["${broker}"]
storage: { backend: filesystem, path: "${out}" }
restore:
  topic_mapping: { ${topic}: ${target} }
  create_topics: true
  default_replication_factor: 1
`;
}

async function countInManifests(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const manifest = names.find((name) => path.basename(name) === 'manifest.json');
  if (manifest === undefined) throw new Error('kafka-backup wrote no manifest');
  const content = JSON.parse(await readFile(path.join(folder, manifest), 'utf8')) as Manifest;
  const segments = content.topics.flatMap(({ partitions }) => partitions.flatMap((partition) => partition.segments));
  return segments.reduce((sum, { record_count }) => sum + record_count, 0);
}

interface Manifest {
  readonly topics: readonly {
    readonly partitions: readonly { readonly segments: readonly { readonly record_count: number }[] }[];
  }[];
}
