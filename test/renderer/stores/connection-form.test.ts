import { describe, expect, it } from 'vitest';
import { draftOf, formOf, NEW_FORM, secretChanges, wrongIn } from '../../../renderer/stores/connection-form';
import { connectionDraftSchema, type Connection } from '../../../shared/model/connection';
import { ORDERS } from '../connections';

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';

const OTHERS: readonly Connection[] = [
  ORDERS,
  {
    ...ORDERS,
    kafka: { brokers: ['[::1]:9092'], tls: null, login: { kind: 'none' } },
    destination: { kind: 'folder', folder: '/archives', prefix: '' },
    archiving: { ...ORDERS.archiving, start: '2026-01-31T12:00:00.000Z', pipelineGroup: 'along', watched: 'orders' },
  },
  {
    ...ORDERS,
    kafka: {
      brokers: ['b:1'],
      tls: { ca: PEM, certificate: PEM },
      login: { kind: 'token', endpoint: 'https://login/token', clientId: 'me', scope: 'kafka' },
    },
    destination: {
      kind: 'cloud-storage',
      login: { kind: 'service-account', email: 'a@b' },
      endpoint: 'https://private',
      projectId: 'p',
      userProject: 'u',
      bucket: 'b',
      prefix: 'x/y',
    },
  },
];

describe('the form of a connection', () => {
  it.each(OTHERS)('gives back what it was made of, %#', (connection) => {
    expect(draftOf(formOf(connection), connection.id)).toEqual(connection);
    expect(connectionDraftSchema.safeParse(draftOf(formOf(connection), connection.id)).success).toBe(true);
  });

  it('leaves out blank rows and blanks around what was typed', () => {
    const { kafka, destination } = draftOf(
      { ...NEW_FORM, brokers: ['', ' a:1 ', ''], bucket: ' b ', projectId: ' ' },
      null,
    );
    expect(kafka.brokers).toEqual(['a:1']);
    expect(destination).toMatchObject({ bucket: 'b', projectId: null });
  });

  it('sends the secrets of its choices alone, and forgets what is not needed any more', () => {
    const form = { ...NEW_FORM, login: 'plain', username: 'me' } as const;
    expect(secretChanges(form, { password: 'p', tokenSecret: 't', serviceAccount: '{}' }, [])).toEqual({
      password: 'p',
    });
    expect(secretChanges({ ...form, login: 'none' }, { password: 'p' }, ['password'])).toEqual({ password: null });
  });

  it('knows that an own CA needs a file, and that the archiver cannot read along with itself', () => {
    expect(wrongIn({ ...NEW_FORM, security: 'own-ca' })).toHaveProperty(['draft.kafka.tls.ca']);
    expect(wrongIn({ ...NEW_FORM, security: 'own-ca', ca: PEM })).toEqual({});
    expect(wrongIn({ ...NEW_FORM, readsAlong: true, pipelineGroup: 'g ', archiverGroup: 'g' })).toHaveProperty([
      'draft.archiving.pipelineGroup',
    ]);
  });
});
