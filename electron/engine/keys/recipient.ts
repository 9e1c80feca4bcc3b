/**
 * Reads the public keys that archives are encrypted to.
 */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { checkRsa, keyInvalid } from './rsa-key-pair';
import { parseSshWire, SSH_RSA, SshRsaRecipient } from './ssh-rsa';
import type { Recipient } from './stanza';
import { X25519Recipient } from './x25519';

export type { Recipient } from './stanza';

/**
 * @param text `age1...`, one `ssh-rsa ...` line (a comment behind it is allowed), or an RSA public key as PEM
 * @throws PermafrostError KEY_INVALID
 */
export function parseRecipient(text: string): Recipient {
  const trimmed = text.trim();
  if (trimmed.startsWith('age1')) return parseAge(trimmed);
  if (trimmed.includes('PRIVATE KEY-----') || trimmed.startsWith('AGE-SECRET-KEY-')) {
    throw keyInvalid('This is a private key. Archives are encrypted to public keys; keep the private one to yourself.');
  }
  const key = trimmed.startsWith(`${SSH_RSA} `) ? parseSshLine(trimmed) : parsePem(trimmed);
  checkRsa(key);
  return new SshRsaRecipient(key);
}

function parseAge(text: string): Recipient {
  const recipient = X25519Recipient.parse(text);
  if (recipient !== null) return recipient;
  throw keyInvalid('This age recipient is not whole: its checksum does not hold. Copy it again, from age1 to its end.');
}

function parseSshLine(line: string): KeyObject {
  const [, encoded = ''] = line.split(/\s+/);
  const wire = Buffer.from(encoded, 'base64');
  const key = line.includes('\n') || wire.toString('base64') !== encoded ? null : parseSshWire(wire);
  if (key !== null) return key;
  throw keyInvalid('This ssh-rsa line is not a whole public key. Copy the one line of the .pub file again.');
}

function parsePem(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw keyInvalid(
      'This is not a public key that can be read. Give an age1… recipient, an ssh-rsa line, or an RSA public key as PEM.',
      cause,
    );
  }
}
