/** Fetches the real servers before the first test, and tells the tests which of them can't be had, and why. */
import type { TestProject } from 'vitest/node';
import { ensureBuilt } from '../../scripts/build.mjs';
import { say } from '../../scripts/console.mjs';
import { fakeGcsProgram } from './fake-gcs';
import { kafkaJars } from './kafka-jars';
import { reasonWhyNot } from './unavailable';

declare module 'vitest' {
  interface ProvidedContext {
    /** per server the reason why it can't be had here; null: it can */
    readonly unavailable: { readonly kafka: string | null; readonly gcs: string | null };
  }
}

export default async function setup(project: TestProject): Promise<void> {
  await ensureBuilt(); // two files at a time would each build the command for itself, over the other's
  const [kafka, gcs] = await Promise.all([reasonWhyNot(kafkaJars), reasonWhyNot(fakeGcsProgram)]);
  if (kafka !== null) say(`tests on a real Kafka are skipped: ${kafka}`);
  if (gcs !== null) say(`tests on fake-gcs-server are skipped, flows use the sandbox's bucket: ${gcs}`);
  project.provide('unavailable', { kafka, gcs });
}
