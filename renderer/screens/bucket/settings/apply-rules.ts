import { counted } from '../../../format/format';
import { request } from '../../../ipc/client';
import { refresh } from '../../../stores/bucket';
import { say } from '../../../stores/report';

/** In the sandbox: does at once what Cloud Storage does within a day. @throws PermafrostError STORE_REFUSED elsewhere */
export async function applyRules(bucket: string): Promise<void> {
  const { moved, deleted } = await request('bucket.applyLifecycle', { bucket });
  const done = [
    ...(moved > 0 ? [`${counted(moved, 'object')} moved to a colder class`] : []),
    ...(deleted > 0 ? [`${counted(deleted, 'object')} deleted`] : []),
  ];
  say(done.length === 0 ? 'No object is old enough for a rule' : `Rules applied: ${done.join(', ')}`);
  await refresh();
}
