// @ts-check
/** Other people's programs that the tests hold Permafrost against. */
import { read } from './child-process.mjs';
import { Refusal } from './console.mjs';
import { installDebianPackages } from './debian-packages.mjs';

/** How to see that each is there, by Debian's package. */
const TOOLS = /** @type {const} */ ([
  ['age', ['age', '--version']],
  ['openssl', ['openssl', 'version']],
  ['zstd', ['zstd', '--version']],
  ['jq', ['jq', '--version']],
  ['pigz', ['pigz', '--version']],
  ['kcat', ['kcat', '-V']],
  ['python3-confluent-kafka', ['/usr/bin/python3', '-c', 'import confluent_kafka']],
]);

/** Makes sure of them: a test that skips itself where a tool is missing proves nothing. */
export async function ensureTestTools() {
  const missing = await missingTools();
  if (missing.length === 0) return;
  await installDebianPackages(missing, 'The tests need');
  const still = await missingTools();
  if (still.length > 0) throw new Refusal(`The tests still miss ${still.join(', ')} after the installation.`);
}

/** @returns {Promise<string[]>} Debian packages */
async function missingTools() {
  const checks = TOOLS.map(async ([name, [command, ...args]]) =>
    (await read(command, args)).exitCode === 0 ? [] : [name],
  );
  return (await Promise.all(checks)).flat();
}
