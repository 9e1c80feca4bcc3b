import { defineConfig } from '@playwright/test';

/** Run by scripts/e2e.mjs, which makes runtime, build and display ready. No retries: a flaky test is a broken test. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['./test/e2e/skips-reporter.ts']],
  outputDir: 'test-results',
});
