import type { ObjectRef, ObjectRow } from '../../../shared/model/archive';
import { request } from '../../ipc/client';
import { showJobs } from '../../stores/frame';
import { attempt } from '../../stores/report';

export function refsOf(rows: readonly ObjectRow[]): readonly ObjectRef[] {
  return rows.map(({ name, generation }) => ({ name, generation }));
}

/** Asks for a folder, then goes on as a job. @param form decoded: decrypted and decompressed */
export function download(bucket: string, objects: readonly ObjectRef[], form: 'stored' | 'decoded'): void {
  attempt(async () => {
    const started = await request('archive.download', { bucket, objects: [...objects], form });
    if (started !== null) showJobs(true);
  });
}
