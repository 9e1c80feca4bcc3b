/** The jars of a real Apache Kafka, fetched once by the user's own Maven into the user's cache folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cachedFolder, isCached } from '../../scripts/cache-folder.mjs';
import { read } from '../../scripts/child-process.mjs';
import { say } from '../../scripts/console.mjs';
import { requirePrograms, Unavailable, type Program } from './unavailable';

export const KAFKA_VERSION = '4.3.1';

const SERVER = `Apache Kafka ${KAFKA_VERSION}`;
const JARS = `kafka-${KAFKA_VERSION}`;
const JAVA: Program = { command: 'java', versionArgs: ['-version'], debianPackage: 'default-jdk-headless' };
const MAVEN: Program = { command: 'mvn', versionArgs: ['--version'], debianPackage: 'maven' };
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
const OLDEST_JAVA = 17;

/** The broker and its command-line tools with all they depend on. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>permafrost</groupId>
  <artifactId>real-kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/**
 * The folder of the jars; about 54 MB are fetched at the first use.
 * @throws Unavailable without Java 17, without Maven or without a way to its repository
 */
export async function kafkaJars(): Promise<string> {
  const programs = (await isCached(JARS)) ? [JAVA] : [JAVA, MAVEN];
  await requirePrograms(SERVER, programs);
  await requireJavaVersion();
  return cachedFolder(JARS, fetchJars);
}

async function requireJavaVersion(): Promise<void> {
  const { stdout, stderr } = await read('java', ['-version']);
  const major = /version "(\d+)/.exec(stdout + stderr)?.[1] ?? '';
  if (Number(major) >= OLDEST_JAVA) return;
  const advice = `Install it:  sudo apt-get install -y --no-install-recommends ${JAVA.debianPackage}`;
  throw new Unavailable(SERVER, `it needs Java ${OLDEST_JAVA} or newer, this is ${major || 'unknown'}`, advice);
}

async function fetchJars(folder: string, work: string): Promise<void> {
  say(`fetching ${SERVER} with Maven (54 MB) ...`);
  const pom = path.join(work, 'pom.xml');
  await mkdir(folder);
  await writeFile(pom, POM);
  const args = ['-q', '-B', '-f', pom, COPY, `-DoutputDirectory=${folder}`];
  const { exitCode, stdout, stderr } = await read('mvn', args);
  if (exitCode === 0) return;
  const firstError = `${stdout}${stderr}`.split('\n').find((line) => line.includes('ERROR')) ?? '';
  throw new Unavailable(SERVER, `Maven could not fetch it (${firstError.trim()})`, 'Check the network and try again.');
}
