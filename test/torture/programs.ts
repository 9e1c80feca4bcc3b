import type { Program } from '../real/unavailable';

/** Other people's programs that produce, record the truth and open archives. */
export const PROGRAMS: readonly Program[] = [
  { command: 'age', versionArgs: ['--version'], debianPackage: 'age' },
  { command: 'zstd', versionArgs: ['--version'], debianPackage: 'zstd' },
  { command: 'gzip', versionArgs: ['--version'], debianPackage: 'gzip' },
  { command: 'kcat', versionArgs: ['-V'], debianPackage: 'kcat' },
  {
    command: '/usr/bin/python3',
    versionArgs: ['-c', 'import confluent_kafka'],
    debianPackage: 'python3-confluent-kafka',
  },
];
