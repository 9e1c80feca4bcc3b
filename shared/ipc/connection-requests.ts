/** Named connections beside the sandbox. Secrets go in by these requests, and never come out again. */
import { z } from 'zod';
import {
  connectionDraftSchema,
  SECRET_KEEPINGS,
  secretChangesSchema,
  type ConnectionsView,
  type ConnectionView,
} from '../model/connection';
import { nothing, request } from './request';

const ofConnection = z.strictObject({ id: z.string().max(64) });
const drafted = { draft: connectionDraftSchema, secrets: secretChangesSchema };

export const connectionRequests = {
  'connection.list': request(nothing).answers<ConnectionsView>(),
  /**
   * Adds or changes one. BUSY while it is archived with. INPUT_INVALID with context.field, such as draft.kafka.brokers.0,
   * or secrets.password when one is missing that it needs.
   */
  'connection.save': request(
    z.strictObject({
      ...drafted,
      keeping: z.enum(SECRET_KEEPINGS),
      /** where there is no keyring: the user was told that secrets are obfuscated only, and has agreed */
      acceptsObfuscation: z.boolean(),
    }),
  ).answers<ConnectionView>(),
  /** Removes it and its secrets from this computer; what it has archived stays. BUSY for the one in use. */
  'connection.remove': request(ofConnection).answers<null>(),
  /** Leaves the one in use for this one. BUSY while archiving. Answers when its threads run; `live` tells how it goes */
  'connection.use': request(ofConnection).answers<null>(),
  /** Connects the one in use anew, after a failure. */
  'connection.retry': request(nothing).answers<null>(),
  /** Tries what is typed in, with the secrets that are kept where none is given. The event `connectionTest` tells */
  'connection.test': request(z.strictObject(drafted)).answers<{ readonly testId: string }>(),
  'connection.cancelTest': request(z.strictObject({ testId: z.string() })).answers<null>(),
  /** asks for a PEM file; null when the user cancels. INPUT_INVALID when it holds something else */
  'connection.choosePem': request(z.strictObject({ what: z.enum(['certificate', 'key']) })).answers<ChosenPem | null>(),
  /** asks for the JSON file of a service account; null when the user cancels */
  'connection.chooseServiceAccount': request(nothing).answers<ChosenServiceAccount | null>(),
  'connection.chooseFolder': request(nothing).answers<string | null>(),
  /** what a PEM that is kept says: whose it is and until when. INPUT_INVALID */
  'connection.describePem': request(z.strictObject({ pem: z.string().max(200_000) })).answers<PemDescription>(),
} as const;

export interface PemDescription {
  /** such as "CN=kafka-ca" */
  readonly subject: string;
  /** ms since 1970, of the certificate that ends first */
  readonly validUntil: number;
  readonly certificates: number;
}

export interface ChosenPem {
  readonly fileName: string;
  readonly pem: string;
  /** null for a key */
  readonly description: PemDescription | null;
}

export interface ChosenServiceAccount {
  readonly fileName: string;
  /** for the secret `serviceAccount` */
  readonly json: string;
  readonly email: string;
  /** its own project, where the file tells */
  readonly projectId: string | null;
}
