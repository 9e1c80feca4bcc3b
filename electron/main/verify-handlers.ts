import type { RequestParams } from '../../shared/ipc/contract';
import type { verifyRequests } from '../../shared/ipc/verify-requests';
import type { App } from './app';
import type { RequestHandlers } from './ipc-binding';

export function verifyHandlers(app: App): Pick<RequestHandlers, keyof typeof verifyRequests> {
  const { jobs, dialogs } = app;
  const { verifier } = app.threads;
  const place = () => {
    const { bucket, prefix, archiverGroup } = app.place;
    return { bucket, prefix, groupId: archiverGroup };
  };
  const cancel = async (jobId: string) => (await verifier.channel()).request('cancel', { jobId });
  return {
    'verify.start': (params) => {
      const placed = { ...params, ...place(), reduction: app.settings.reduction };
      return {
        jobId: jobs.start({
          kind: 'verify',
          title: `Verify ${params.topic ?? placed.bucket}${depthText(params.content)}`,
          unit: 'messages',
          run: async (jobId) => (await verifier.channel()).request('verify', { ...placed, jobId }),
          cancel,
        }),
      };
    },
    'verify.result': async (params) => (await verifier.channel()).request('result', params),
    'verify.saveReport': async (params) => {
      const target = await dialogs.chooseTarget('Save the report', `verification.${params.form}`);
      if (target === null) return null;
      await (await verifier.channel()).request('saveReport', { ...params, target });
      return target;
    },
    'verify.repair': (params) => {
      const placed = { ...params, ...place(), options: app.archiveOptions() };
      return {
        jobId: jobs.start({
          kind: 'repair',
          title: `Archive again what is missing of ${params.topic}, partition ${params.partition}`,
          unit: 'messages',
          run: async (jobId) => {
            const outcome = await (await verifier.channel()).request('repair', { ...placed, jobId });
            await app.objectsChanged(placed.bucket, null);
            return outcome;
          },
          cancel,
        }),
      };
    },
    'verify.recover': async (params) => {
      const folder = await dialogs.chooseFolder('Recover to');
      if (folder === null) return null;
      return {
        jobId: jobs.start({
          kind: 'recover',
          title: `Recover ${params.names.length === 1 ? (params.names[0]?.split('/').at(-1) ?? '') : `${params.names.length} archives`}`,
          unit: 'bytes',
          run: async (jobId) => (await verifier.channel()).request('recover', { ...params, jobId, folder }),
          cancel,
        }),
      };
    },
  };
}

function depthText(content: RequestParams<'verify.start'>['content']): string {
  if (content === null) return '';
  return content.withSource ? ', contents and Kafka too' : ', contents too';
}
