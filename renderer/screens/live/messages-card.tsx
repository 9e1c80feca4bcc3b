import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { memo, useState } from 'react';
import type { LiveMessage } from '../../../shared/model/live';
import { Card } from '../../components/card';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { bytes, count, exactBytes, localTimeOfDay, NOTHING, utcTime } from '../../format/format';
import { useLive } from '../../stores/hooks';
import classes from './live-tables.module.css';

const NONE: readonly LiveMessage[] = [];

/** What the pipeline group saw last; can be held still for reading. */
export function MessagesCard(props: { readonly className?: string | undefined }) {
  const latest = useLive(({ messages }) => messages) ?? NONE;
  const isAlone = useLive(({ groups }) => groups.pipeline.groupId === null) ?? false;
  const [held, setHeld] = useState<readonly LiveMessage[] | null>(null);
  const messages = held ?? latest;
  return (
    <Card
      title={isAlone ? 'Latest messages' : 'Latest messages, as the pipeline group sees them'}
      className={cx(classes.messages, props.className)}
      actions={
        messages.length > 0 && (
          <Button
            size="compact-xs"
            variant="default"
            leftSection={held === null ? <IconPlayerPause size={14} /> : <IconPlayerPlay size={14} />}
            onClick={() => setHeld(held === null ? latest : null)}
          >
            {held === null ? 'Hold' : 'Go on'}
          </Button>
        )
      }
    >
      {messages.length === 0 ? (
        <p className={classes.empty}>
          {isAlone
            ? 'Messages appear here where a second group reads along with the archiver.'
            : 'Messages appear here as they come in. Send one to see it.'}
        </p>
      ) : (
        <div className={classes.scroll}>
          <table className={cx(classes.table, classes.messages)}>
            <colgroup>
              <col style={{ width: 52 }} />
              <col style={{ width: 116 }} />
              <col style={{ width: 120 }} />
              <col style={{ width: '12%' }} />
              <col />
              <col style={{ width: 90 }} />
            </colgroup>
            <thead>
              <tr>
                <th title="Partition">P</th>
                <th className={classes.right}>Offset</th>
                <th>Time</th>
                <th>Key</th>
                <th>Value</th>
                <th className={classes.right}>Size</th>
              </tr>
            </thead>
            <tbody>
              {messages.map((message) => (
                <MessageRow key={`${message.partition} ${message.offset}`} message={message} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

const MessageRow = memo(function MessageRow(props: { readonly message: LiveMessage }) {
  const { partition, offset, timestamp, key, value, valueBytes } = props.message;
  return (
    <tr>
      <td>
        <Figure>{count(partition)}</Figure>
      </td>
      <td className={classes.right}>
        <Figure>{count(offset)}</Figure>
      </td>
      <td>
        <Figure exact={utcTime(timestamp)}>{localTimeOfDay(timestamp)}</Figure>
      </td>
      <td className="mono">{key ?? <Null />}</td>
      <td className="mono">{value ?? <Null />}</td>
      <td className={classes.right}>
        <Figure exact={exactBytes(valueBytes)}>{value === null ? NOTHING : bytes(valueBytes)}</Figure>
      </td>
    </tr>
  );
});

function Null() {
  return <em className="dim">null</em>;
}
