/** kafka-backup, the Rust tool of this field, built from its crate. It does not encrypt. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PROJECT, run } from '../../scripts/child-process.mjs';
import type { Subject, Tool } from './subjects';

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

export async function rivalSubject(): Promise<Subject | null> {
  const program = await build();
  if (program === null) return null;
  return {
    name: 'kafka-backup 0.25.2, zstd 3, not encrypted, into a folder',
    needs: [],
    prepare: async ({ servers, topic, folder }) => {
      const configFile = path.join(folder, 'backup.yaml');
      const out = path.join(folder, 'out');
      await writeFile(configFile, configOf(servers.kafka, topic, out));
      return {
        stages: [[program, configFile]],
        outputFile: path.join(folder, 'said'),
        countMessages: () => countInManifests(out),
      };
    },
  };
}

function configOf(broker: string, topic: string, out: string): string {
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
