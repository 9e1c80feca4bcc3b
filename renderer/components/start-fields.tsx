import { Select, TextInput } from '@mantine/core';
import { utcTime } from '../format/format';

const STARTS = [
  { value: 'earliest', label: 'With the earliest message Kafka has' },
  { value: 'latest', label: 'With what is sent from then on' },
  { value: 'time', label: 'At a time' },
];

/** Where the archive of a topic begins that has none yet: earliest, latest, or a time. */
export function StartFields(props: {
  readonly start: string;
  readonly problem: string | undefined;
  /** of the field, for who looks for what was refused */
  readonly path?: string;
  readonly onChange: (start: string) => void;
}) {
  const { start, problem, onChange } = props;
  const isTime = start !== 'earliest' && start !== 'latest';
  const choose = (kind: string | null): void => onChange(kind === 'time' ? nowToTheMinute() : (kind ?? start));
  return (
    <>
      <Select
        label="A topic's archive begins"
        description="Once, while nothing of it is in the bucket yet"
        data={STARTS}
        value={isTime ? 'time' : start}
        error={isTime ? undefined : problem}
        onChange={choose}
      />
      {isTime && (
        <TextInput
          type="datetime-local"
          label="Time"
          description={`On this computer's clock; ${utcTime(Date.parse(start))}`}
          value={toLocal(start)}
          error={problem}
          data-field={props.path}
          onChange={(event) => onChange(toUtc(event.currentTarget.value))}
        />
      )}
    </>
  );
}

const MINUTE_MS = 60_000;

function nowToTheMinute(): string {
  return new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS).toISOString();
}

/** As an input of this kind takes it: 2026-01-31T12:00 on the local clock. */
function toLocal(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What is not complete yet stays as it is typed: saving it is refused, in words. */
function toUtc(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? local : date.toISOString();
}
