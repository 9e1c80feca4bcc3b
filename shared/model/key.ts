/** A key pair the app holds; the private half never leaves the main process but by export. */
export interface KeyView {
  /** SHA256:..., as ssh-keygen prints it */
  readonly fingerprint: string;
  readonly bits: number;
  readonly origin: 'generated' | 'imported';
  readonly createdAt: number;
  /** null until the private key was exported: until then the archives are lost with the data folder */
  readonly exportedAt: number | null;
  /** new archives are encrypted to this key */
  readonly current: boolean;
  /** one `ssh-rsa` line, as age -r takes it */
  readonly publicKey: string;
}
