/**
 * ApiVersions, v0-3. What this broker speaks. Its answer never has header tags, and a version that is not known is
 * answered in the form of v0 with UNSUPPORTED_VERSION, so that any client can read it (KIP-511).
 *
 *     Request   client_software_name STRING, client_software_version STRING (3+)
 *     Response  error_code INT16, [api_key INT16, min_version INT16, max_version INT16], throttle_time_ms INT32 (1+)
 */
import { defineApi, type Api } from './api';
import { ErrorCode } from './error-codes';
import type { Writer } from './wire';

export interface ApiVersionsRequest {
  readonly clientSoftware: string;
}

export interface ApiVersionsResponse {
  readonly apis: readonly Api[];
}

export const API_VERSIONS_KEY = 18;

/** @param list of all APIs, this one included */
export const defineApiVersions = (list: () => readonly Api[]) =>
  defineApi<ApiVersionsRequest, ApiVersionsResponse>({
    key: API_VERSIONS_KEY,
    name: 'ApiVersions',
    minVersion: 0,
    maxVersion: 3,
    flexibleFrom: 3,

    decode: (reader, version) => {
      if (version < 3) return { clientSoftware: '' };
      const clientSoftware = `${reader.string()} ${reader.string()}`;
      reader.tags();
      return { clientSoftware };
    },

    handle: () => ({ apis: list() }),

    encode: ({ apis }, writer, version) => {
      writer.int16(ErrorCode.NONE);
      encodeRanges(apis, writer);
      if (version >= 1) writer.int32(0);
      writer.tags();
    },
  });

/** The answer to a version of ApiVersions that is not known here. */
export function encodeUnsupportedApiVersions(apis: readonly Api[], writer: Writer): void {
  writer.int16(ErrorCode.UNSUPPORTED_VERSION);
  encodeRanges(apis, writer);
}

function encodeRanges(apis: readonly Api[], writer: Writer): void {
  writer.array(apis, ({ key, advertisedMinVersion, maxVersion }) => {
    writer.int16(key);
    writer.int16(advertisedMinVersion);
    writer.int16(maxVersion);
    writer.tags();
  });
}
