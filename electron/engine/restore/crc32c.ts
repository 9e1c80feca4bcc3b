import { crc32c } from '@node-rs/crc32';

/** Cloud Storage's checksum of an object, over its pieces in order. Source: cloud.google.com/storage/docs/hashes-etags */
export class Crc32c {
  #sum = 0;

  update(piece: Buffer): void {
    this.#sum = crc32c(piece, this.#sum);
  }

  /** base64, big-endian, as the bucket tells it */
  get base64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#sum);
    return bytes.toString('base64');
  }
}
