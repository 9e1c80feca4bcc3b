import { asPermafrostError } from '../../shared/errors';

/** "topic: A topic needs a name", with context.field "topic", belongs to the field without the prefix. */
export function problemByField(thrown: unknown): Readonly<Record<string, string>> {
  const { message, context } = asPermafrostError(thrown);
  const field = typeof context['field'] === 'string' ? context['field'] : '';
  const text = field !== '' && message.startsWith(`${field}: `) ? message.slice(field.length + 2) : message;
  return { [field]: text };
}
