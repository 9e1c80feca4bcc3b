/** Who asks Cloud Storage. Plain data, so that it crosses to threads. */
import { z } from 'zod';
import { PermafrostError } from '../../../shared/errors';

export type StorageCredentials =
  /** application default credentials: GOOGLE_APPLICATION_CREDENTIALS, gcloud's, or the machine's own account */
  | { readonly kind: 'default' }
  | { readonly kind: 'anonymous' }
  /** an OAuth access token, used until it ends */
  | { readonly kind: 'token'; readonly accessToken: string }
  | ({ readonly kind: 'service-account' } & ServiceAccount);

export interface ServiceAccount {
  readonly email: string;
  /** PEM */
  readonly privateKey: string;
  /** its own project, where the file tells */
  readonly projectId: string | null;
}

const fileSchema = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
  project_id: z.string().optional(),
});

/**
 * @param text of the JSON file that Google gives for a service account
 * @throws PermafrostError INPUT_INVALID when it is another file; nothing of its content is in the message
 */
export function parseServiceAccount(text: string): ServiceAccount {
  const parsed = fileSchema.safeParse(jsonOf(text));
  if (parsed.success) {
    const { client_email: email, private_key: privateKey, project_id: projectId = null } = parsed.data;
    return { email, privateKey, projectId };
  }
  throw new PermafrostError(
    'INPUT_INVALID',
    `This is not the JSON file of a service account (${[...new Set(parsed.error.issues.map(fieldOf))].join(', ')} missing or wrong). Make a key for the account in Google Cloud, and take the file that it gives.`,
  );
}

function fieldOf({ path }: z.core.$ZodIssue): string {
  return path.length === 0 ? 'all of it' : path.join('.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // told as what it is not
  }
}
