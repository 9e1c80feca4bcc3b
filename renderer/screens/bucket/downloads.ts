import type { ObjectChoice } from '../../../shared/model/catalog';
import { request } from '../../ipc/client';
import { showJobs } from '../../stores/frame';
import { attempt } from '../../stores/report';

/** Asks for a folder, then goes on as a job. @param form decoded: decrypted and decompressed, of what a key here opens */
export function download(bucket: string, choice: ObjectChoice, form: 'stored' | 'decoded'): void {
  attempt(async () => {
    const started = await request('archive.download', { bucket, choice, form });
    if (started !== null) showJobs(true);
  });
}
