import { notifications } from '@mantine/notifications';
import { asPermafrostError } from '../../shared/errors';

/** Runs what a button does; a failure is said in a toast. For what has no better place for its error. */
export function attempt(action: () => Promise<unknown>): void {
  action().catch(reportFailure);
}

export function reportFailure(thrown: unknown): void {
  const { message } = asPermafrostError(thrown);
  notifications.show({ color: 'red', title: 'That did not work', message, autoClose: 12_000, role: 'alert' });
}

/** For what is over and needs nothing. */
export function say(message: string): void {
  notifications.show({ message, autoClose: 5_000 });
}
