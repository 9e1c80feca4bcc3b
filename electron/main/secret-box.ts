/** What makes a secret unreadable on the disk. */
import { safeStorage } from 'electron';

export interface SecretBox {
  /** obfuscated: there is no keyring, whoever reads the file can read what is in it */
  readonly storage: 'keyring' | 'obfuscated';
  /** @returns base64 @throws when the keyring refuses */
  seal(text: string): string;
  /** @throws when it was not sealed here, or the keyring no longer opens it */
  open(sealed: string): string;
}

/** The system's keyring (safeStorage), or the obfuscation in its place. After app's ready. */
export function systemSecretBox(): SecretBox {
  return {
    storage: chooseStorage(),
    seal: (text) => safeStorage.encryptString(text).toString('base64'),
    open: (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  };
}

function chooseStorage(): SecretBox['storage'] {
  const hasKeyring = safeStorage.isEncryptionAvailable();
  if (!hasKeyring && process.platform === 'linux') safeStorage.setUsePlainTextEncryption(true);
  const isObfuscated = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  return hasKeyring && !isObfuscated ? 'keyring' : 'obfuscated';
}
