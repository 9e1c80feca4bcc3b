import { gunzipSync } from 'node:zlib';
import { Decoder } from '@toondepauw/node-zstd';
import { PermafrostError } from '../../../shared/errors';

/** Attribute bits 0 to 2 of a record batch. Source: kafka.apache.org/documentation/#recordbatch */
const CODEC_NAMES = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

const zstd = new Decoder();

/**
 * Decompresses the records of a batch. Not implemented: snappy and lz4.
 * @throws PermafrostError KAFKA_REFUSED for a codec that is not read here; nothing of the batch is archived then
 */
export function decompressRecords(codec: number, bytes: Buffer): Buffer {
  switch (CODEC_NAMES[codec]) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzipSync(bytes);
    case 'zstd':
      return zstd.decodeSync(bytes);
    default: {
      const name = CODEC_NAMES[codec] ?? `number ${codec}`;
      throw new PermafrostError(
        'KAFKA_REFUSED',
        `A producer compressed its messages with ${name}, which this version does not read. Set the producer's compression.type to gzip, zstd or none.`,
        { context: { codec: name } },
      );
    }
  }
}
