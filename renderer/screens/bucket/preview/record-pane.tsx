import { SegmentedControl, Tabs } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { RecordRow, ShownBytes } from '../../../../shared/model/archive';
import { CopyText } from '../../../components/copy';
import { bytes, count, exactBytes, localTime, NOTHING, utcTime } from '../../../format/format';
import { parseJsonSource } from '../../../format/json-source';
import { copyText, cutNote, oneLine } from '../../../format/shown-bytes';
import { usePreview } from '../../../stores/hooks';
import { rowAt } from '../../../stores/preview';
import { HexView } from './hex-view';
import { JsonTree } from './json-tree';
import classes from './preview.module.css';

type Form = 'tree' | 'text' | 'hex';
const FORMS = [
  { value: 'tree', label: 'Tree' },
  { value: 'text', label: 'Text' },
  { value: 'hex', label: 'Hex' },
] as const;

/** One record in full. */
export function RecordPane() {
  const row = usePreview((state) => (state.active === null ? null : rowAt(state, state.active)));
  const [tab, setTab] = useState<string | null>('value');
  if (row === null) return <div className={classes.pane} />;
  if (row.kind === 'corrupt') return <Corrupt row={row} />;
  return (
    <div className={classes.pane} role="region" aria-label="Message">
      <Tabs value={tab} onChange={setTab} display="contents" keepMounted={false}>
        <Tabs.List px={8} aria-label="Parts of the message">
          <Tabs.Tab value="value">Value</Tabs.Tab>
          <Tabs.Tab value="key">Key</Tabs.Tab>
          <Tabs.Tab value="headers">Headers {row.headers.length > 0 && count(row.headers.length)}</Tabs.Tab>
          <Tabs.Tab value="place">Place</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="value" display="contents">
          <BytesView key={`value ${row.offset}`} shown={row.value} what="value" />
        </Tabs.Panel>
        <Tabs.Panel value="key" display="contents">
          <BytesView key={`key ${row.offset}`} shown={row.key} what="key" />
        </Tabs.Panel>
        <Tabs.Panel value="headers" display="contents">
          <Headers row={row} />
        </Tabs.Panel>
        <Tabs.Panel value="place" display="contents">
          <Place row={row} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}

type Readable = Extract<RecordRow, { kind: 'record' }>;

let chosenForm: Form = 'tree'; // as the user left it, from record to record

function BytesView(props: { readonly shown: ShownBytes; readonly what: 'key' | 'value' }) {
  const { shown, what } = props;
  const [wanted, setWanted] = useState<Form>(chosenForm);
  const json = useMemo(() => (shown.kind === 'text' && !shown.cut ? parseJsonSource(shown.text) : null), [shown]);
  if (shown.kind === 'null') return <p className={classes.content}>The {what} is null.</p>;
  if (shown.bytes === 0) return <p className={classes.content}>The {what} is empty.</p>;
  const forms = FORMS.filter(
    ({ value }) => value === 'hex' || (shown.kind === 'text' && (value === 'text' || json !== null)),
  );
  const form = forms.find(({ value }) => value === wanted)?.value ?? forms[0]?.value ?? 'hex';
  const note = cutNote(shown);
  return (
    <>
      <div className={classes.tools}>
        <SegmentedControl
          size="xs"
          aria-label={`How the ${what} is shown`}
          data={forms.map(({ value, label }) => ({ value, label }))}
          value={form}
          onChange={(value) => {
            chosenForm = value;
            setWanted(chosenForm);
          }}
        />
        <span className="dim figure" title={exactBytes(shown.bytes)}>
          {bytes(shown.bytes)}
        </span>
        <CopyText value={copyText(shown)} label={`Copy ${what}`} />
      </div>
      {note !== null && <p className={classes.cut}>{note}</p>}
      {form === 'hex' ? (
        <HexView shown={shown} />
      ) : (
        <div className={classes.content}>
          {form === 'tree' && json !== null ? (
            <JsonTree node={json} />
          ) : (
            <pre className={classes.text}>{shown.kind === 'text' ? shown.text : ''}</pre>
          )}
        </div>
      )}
    </>
  );
}

function Headers(props: { readonly row: Readable }) {
  const { headers } = props.row;
  if (headers.length === 0) return <p className={classes.content}>This message has no headers.</p>;
  return (
    <div className={classes.content}>
      <table className={classes.headers}>
        <thead>
          <tr>
            <th>Name</th>
            <th>Value</th>
          </tr>
        </thead>
        <tbody className="mono">
          {headers.map(({ name, value }, index) => (
            <tr key={index}>
              <td>{oneLine(name)}</td>
              <td>{oneLine(value)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Place(props: { readonly row: Readable }) {
  const { offset, timestamp } = props.row;
  const archive = usePreview((state) => state.archive);
  return (
    <dl className={`${classes.content ?? ''} ${classes.facts ?? ''} figure`}>
      <dt>Topic</dt>
      <dd className="mono">{archive?.topic ?? NOTHING}</dd>
      <dt>Partition</dt>
      <dd>{archive?.partition ?? NOTHING}</dd>
      <dt>Offset</dt>
      <dd>{count(offset)}</dd>
      <dt>Time</dt>
      <dd>{utcTime(timestamp)}</dd>
      <dt>Here</dt>
      <dd>{localTime(timestamp)}</dd>
      <dt>Timestamp</dt>
      <dd className="mono">{timestamp}</dd>
    </dl>
  );
}

function Corrupt(props: { readonly row: Extract<RecordRow, { kind: 'corrupt' }> }) {
  const { offset, lastOffset, bytes: size } = props.row;
  return (
    <div className={classes.pane} role="region" aria-label="Message">
      <p className={classes.content}>
        The record batch of offsets {count(offset)} to {count(lastOffset)} was damaged when it was read from Kafka. Its{' '}
        {exactBytes(size)} are kept in the archive as they were.
      </p>
    </div>
  );
}
