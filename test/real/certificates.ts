/** Certificates for a broker and its clients, made by openssl: of one authority, of a stranger's, and one that has expired. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { read } from '../../scripts/child-process.mjs';
import type { Program } from './unavailable';

export const OPENSSL: Program = { command: 'openssl', versionArgs: ['version'], debianPackage: 'openssl' };

/** Files, all PEM. */
export interface Certificates {
  readonly ca: string;
  /** an authority that has issued none of these */
  readonly strangerCa: string;
  /** key and certificates in one, as Kafka's PEM key stores are */
  readonly server: string;
  readonly expiredServer: string;
  readonly client: { readonly certificate: string; readonly key: string };
}

const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1\n';

/** @param folder gets them */
export async function makeCertificates(folder: string): Promise<Certificates> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => path.join(folder, name);
  const openssl = async (...args: string[]): Promise<void> => {
    const { exitCode, stderr } = await read('openssl', args);
    if (exitCode !== 0) throw new Error(`openssl ${args[0] ?? ''} failed: ${stderr}`);
  };
  const authority = async (name: string): Promise<string> => {
    const keys = ['-newkey', 'rsa:2048', '-nodes', '-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    await openssl('req', '-x509', '-days', '30', '-subj', `/CN=${name}`, ...keys);
    return file(`${name}.pem`);
  };
  const request = (name: string): Promise<void> =>
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
    );
  const keyStore = async (name: string): Promise<string> => {
    const parts = [`${name}.key`, `${name}.crt`, 'ca.pem'].map((part) => readFile(file(part), 'utf8'));
    await writeFile(file(`${name}.store.pem`), (await Promise.all(parts)).join(''));
    return file(`${name}.store.pem`);
  };

  await writeFile(file('names'), NAMES);
  const [ca, strangerCa] = await Promise.all([authority('ca'), authority('stranger')]);
  const byCa = ['-CA', ca, '-CAkey', file('ca.key')];
  for (const name of ['server', 'client']) {
    await request(name);
    const files = ['-in', file(`${name}.csr`), '-out', file(`${name}.crt`), '-extfile', file('names')];
    await openssl('x509', '-req', '-days', '30', '-CAcreateserial', ...byCa, ...files);
  }

  // `openssl x509` issues nothing that is over already, `openssl ca` does
  await request('expired');
  await writeFile(file('index.txt'), '');
  await writeFile(
    file('ca.conf'),
    `[ca]\ndefault_ca=it\n[it]\ndatabase=${file('index.txt')}\nserial=${file('serial')}\nnew_certs_dir=${folder}\ndefault_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n`,
  );
  await writeFile(file('serial'), '1000\n');
  await openssl(
    ...['ca', '-batch', '-notext', '-config', file('ca.conf'), '-cert', ca, '-keyfile', file('ca.key')],
    ...['-startdate', '200101000000Z', '-enddate', '200102000000Z', '-extfile', file('names')],
    ...['-in', file('expired.csr'), '-out', file('expired.crt')],
  );
  return {
    ca,
    strangerCa,
    server: await keyStore('server'),
    expiredServer: await keyStore('expired'),
    client: { certificate: file('client.crt'), key: file('client.key') },
  };
}
