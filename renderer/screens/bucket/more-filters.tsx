import { Button, Indicator, Popover, Select, Stack, TextInput } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { NO_FILTER, type KeyUse, type ObjectFilter } from '../../../shared/model/catalog';
import { count, shortFingerprint, utcTime } from '../../format/format';
import { parsePlace } from '../../format/place';
import { ask } from '../../stores/bucket';
import { useBucket } from '../../stores/hooks';

/** By the time of the messages, and by the keys that open them. */
export function MoreFilters() {
  const filter = useBucket(({ query }) => query.filter);
  const [isOpen, setOpen] = useState(false);
  const active = [filter.fromTime ?? filter.untilTime, filter.key].filter((part) => part !== null).length;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-end" shadow="md" width={300} trapFocus>
      <Popover.Target>
        <Indicator disabled={active === 0} label={active} size={16}>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconFilter size={15} />}
            aria-label={active === 0 ? 'More filters' : `More filters, ${active} set`}
            onClick={() => setOpen(!isOpen)}
          >
            Filters
          </Button>
        </Indicator>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <TimeInput name="fromTime" label="With messages from" value={filter.fromTime} />
          <TimeInput name="untilTime" label="And before" value={filter.untilTime} />
          <KeySelect value={filter.key} />
          <Button
            variant="default"
            size="xs"
            disabled={active === 0}
            onClick={() => ask({ filter: { ...NO_FILTER, text: filter.text } })}
          >
            Clear these filters
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What is typed counts as soon as it can be read as a time. */
function TimeInput(props: {
  readonly name: 'fromTime' | 'untilTime';
  readonly label: string;
  readonly value: ObjectFilter['fromTime'];
}) {
  const { name, label, value } = props;
  const [draft, setDraft] = useState<{ readonly text: string; readonly of: number | null }>({ text: '', of: null });
  // cleared, or set, from elsewhere
  const text = draft.of === value ? draft.text : value === null ? '' : utcTime(value);
  const isWrong = text !== '' && timeOf(text) === null;
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder="2022-12-20 08:00"
      value={text}
      error={isWrong && 'Such as 2022-12-20 or 2022-12-20 08:00'}
      spellCheck={false}
      onChange={(event) => {
        const typed = event.currentTarget.value;
        const time = timeOf(typed);
        setDraft({ text: typed, of: time });
        ask({ filter: { [name]: time } });
      }}
    />
  );
}

function timeOf(text: string): number | null {
  const place = parsePlace(text);
  return place?.by === 'time' ? Number(place.at) : null;
}

const ANY = 'any';
const NONE = 'none';
const NO_KEYS: readonly KeyUse[] = [];

function KeySelect(props: { readonly value: string | null }) {
  const keys = useBucket(({ view }) => view?.keys ?? NO_KEYS);
  const options = keys.map(({ fingerprint, archives }) => ({
    value: fingerprint === '' ? NONE : fingerprint,
    label: `${fingerprint === '' ? 'No key needed' : shortFingerprint(fingerprint)} (${count(archives)})`,
  }));
  return (
    <Select
      size="xs"
      label="Opened by the key"
      data={[{ value: ANY, label: 'Any' }, ...options]}
      value={props.value === null ? ANY : props.value === '' ? NONE : props.value}
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      onChange={(value) =>
        ask({ filter: { key: value === null || value === ANY ? null : value === NONE ? '' : value } })
      }
    />
  );
}
