/** Where a thread finds Kafka and the bucket: plain data, so that it crosses to the thread. */
export interface Connections {
  readonly kafka: { readonly brokers: readonly string[]; readonly clientId: string };
  readonly storage: { readonly endpoint: string; readonly projectId: string; readonly accessToken?: string };
}
