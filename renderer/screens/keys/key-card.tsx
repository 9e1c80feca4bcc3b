import { Button, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload, IconKey } from '@tabler/icons-react';
import type { KeyView } from '../../../shared/model/key';
import { Card } from '../../components/card';
import { CopyIcon } from '../../components/copy';
import { cx } from '../../components/cx';
import { Figure } from '../../components/figure';
import { StateMark } from '../../components/state-mark';
import { localTime, utcTime } from '../../format/format';
import { request } from '../../ipc/client';
import { openDialog } from '../../stores/frame';
import { exportKey } from '../../stores/key-export';
import { whyNotForget } from '../../stores/keys';
import { attempt } from '../../stores/report';
import classes from './keys-screen.module.css';

export function KeyCard(props: { readonly view: KeyView }) {
  const { view } = props;
  const { fingerprint, bits, origin, createdAt, exportedAt, current } = view;
  return (
    <Card className={classes.key}>
      <div className={classes.head}>
        <IconKey size={19} stroke={1.7} aria-hidden />
        <span className={cx(classes.fingerprint, 'mono ellipsis')} title={fingerprint}>
          {fingerprint}
        </span>
        <CopyIcon value={fingerprint} label="Copy the fingerprint" />
        <div className={classes.badges}>{current && <StateMark tone="good" word="Current" size={15} />}</div>
      </div>
      <dl className={classes.facts}>
        <div>
          <dt>Key</dt>
          <dd className="figure">RSA, {bits} bits</dd>
        </div>
        <div>
          <dt>Origin</dt>
          <dd>{origin === 'generated' ? 'Generated here' : 'Imported'}</dd>
        </div>
        <div>
          <dt>{origin === 'generated' ? 'Created' : 'Added'}</dt>
          <dd>
            <Figure exact={utcTime(createdAt)}>{localTime(createdAt)}</Figure>
          </dd>
        </div>
        <div>
          <dt>Exported</dt>
          <dd>
            {exportedAt === null ? (
              <StateMark tone={origin === 'generated' ? 'warn' : 'idle'} word="Never" size={15} />
            ) : (
              <Figure exact={utcTime(exportedAt)}>{localTime(exportedAt)}</Figure>
            )}
          </dd>
        </div>
        <KeyActions view={view} />
      </dl>
    </Card>
  );
}

function KeyActions(props: { readonly view: KeyView }) {
  const { view } = props;
  const { fingerprint, current, publicKey, exportedAt } = view;
  const obstacle = whyNotForget(view);
  return (
    <div className={classes.actions}>
      <CopyButton value={publicKey}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            leftSection={copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy public key'}
          </Button>
        )}
      </CopyButton>
      {!current && (
        <Button size="xs" variant="default" onClick={() => attempt(() => request('key.makeCurrent', { fingerprint }))}>
          Make current
        </Button>
      )}
      {!current && (
        <Tooltip label={obstacle} disabled={obstacle === null}>
          <Button
            size="xs"
            variant="light"
            color="red"
            {...(obstacle === null ? {} : { 'data-disabled': true })}
            aria-disabled={obstacle !== null}
            onClick={() => {
              if (obstacle === null) openDialog({ kind: 'forget-key', fingerprint });
            }}
          >
            Forget key
          </Button>
        </Tooltip>
      )}
      <Button
        size="xs"
        variant={exportedAt === null ? 'filled' : 'default'}
        leftSection={<IconDownload size={15} />}
        onClick={() => exportKey(fingerprint)}
      >
        Export key
      </Button>
    </div>
  );
}
