import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { assemblyScript } from './scripts/assemblyscript.mjs';
import LongFirst from './test/long-first.mjs';

/** For hung tests, not for slow machines. */
const testTimeout = 60_000;

/** One for each of two cores: servers and their clients compute more than they wait. Those who share it run at the same time. */
const maxWorkers = 2;

/** unit: one room, no process or port. scripts: npm start and its parts. integration: sandbox servers, flows, other people's tools. */
export default defineConfig({
  test: {
    reporters: ['default', './test/skips-reporter.ts'],
    sequence: { sequencer: LongFirst },
    projects: [
      {
        plugins: [assemblyScript()],
        test: {
          name: 'unit',
          include: ['test/{cli,engine,sandbox,shared,worker,main}/**/*.test.ts'],
          environment: 'node',
          testTimeout,
          maxWorkers,
        },
      },
      {
        test: {
          name: 'scripts',
          include: ['test/scripts/**/*.test.ts'],
          environment: 'node',
          testTimeout,
          maxWorkers,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          include: ['test/renderer/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          testTimeout,
          maxWorkers,
        },
      },
      {
        plugins: [assemblyScript()],
        test: {
          name: 'integration',
          include: ['test/{flows,interop,faults,torture}/**/*.test.ts'],
          provide: { servers: 'sandbox' },
          globalSetup: 'test/flows/build-once.ts',
          environment: 'node',
          testTimeout,
          hookTimeout: 60_000,
          maxWorkers,
        },
      },
      {
        plugins: [assemblyScript()],
        test: {
          name: 'real',
          include: ['test/real/**/*.test.ts', 'test/flows/**/*.test.ts', 'test/interop/producer-codecs.test.ts'],
          exclude: [
            // faults on request are what only the sandbox can do; refusals need no server
            'test/flows/{bucket-command,bucket-faults,kafka-faults,memory,recover,snapshots,truncation,cli-refusals}.test.ts',
            // these only read what lies in the bucket: test/real/store.test.ts holds fake-gcs-server to the same contract
            'test/flows/{cat-search,download,list,reduction,verify}.test.ts',
          ],
          provide: { servers: 'real' },
          globalSetup: 'test/real/setup.ts',
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers,
        },
      },
      {
        plugins: [assemblyScript()],
        test: { name: 'bench', include: [], benchmark: { include: ['test/bench/**/*.bench.ts'] }, environment: 'node' },
      },
    ],
  },
});
