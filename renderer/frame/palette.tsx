import { Spotlight, type SpotlightActionData } from '@mantine/spotlight';
import {
  IconAlertTriangle,
  IconBriefcase,
  IconBucket,
  IconFileImport,
  IconKey,
  IconPlugConnected,
  IconPlus,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  IconSettings,
  IconShieldCheck,
  IconSend,
  IconSun,
  IconZoomScan,
  IconDeviceDesktop,
  IconFileSearch,
  IconFileUpload,
  IconSparkles,
  IconStack2,
  IconCopy,
  IconDatabaseImport,
  type Icon,
} from '@tabler/icons-react';
import { SANDBOX, type ConnectionsView } from '../../shared/model/connection';
import { request } from '../ipc/client';
import { chooseArchiveFile, refresh } from '../stores/bucket';
import { openBucketSettings } from '../stores/bucket-settings';
import { openConnection, openNewConnection, switchTo } from '../stores/connection-actions';
import { openDialog, showJobs, showProblems, showScreen } from '../stores/frame';
import { useConnections, useKeys, useLive } from '../stores/hooks';
import { exportKey } from '../stores/key-export';
import { currentKey } from '../stores/keys';
import { canPause, isArchiving, toggleArchiving, togglePause } from '../stores/live';
import { attempt, say } from '../stores/report';
import { openSearch } from '../stores/search';
import { sendStore, type SendTab } from '../stores/send';
import { saveSettings } from '../stores/settings';
import { SCREEN_LIST } from './screens';

interface Command {
  readonly label: string;
  readonly icon: Icon;
  readonly run: () => void;
  readonly keywords?: readonly string[];
}

/** Every action by its name. */
export function Palette() {
  const state = useLive(({ archiver }) => archiver.state) ?? 'stopped';
  const kafka = useLive(({ connection }) => connection.kafka);
  const bucket = useLive((snapshot) => snapshot.bucket);
  const current = useKeys((keys) => currentKey(keys)?.fingerprint ?? null);
  const connections = useConnections(({ view }) => view);
  const commands: readonly Command[] = [
    ...SCREEN_LIST.map(({ name, icon, screen }) => ({
      label: `Go to ${name}`,
      icon,
      run: () => showScreen(screen),
    })),
    ...connectionCommands(connections),
    archivingCommand(isArchiving(state)),
    ...(state === 'paused' || canPause(state) ? [pauseCommand(state === 'paused')] : []),
    ...TOPICS,
    ...SENDING,
    ...BUCKET,
    ...VERIFY,
    ...RESTORE,
    ...(bucket === null
      ? []
      : [
          {
            label: `Delete bucket ${bucket}`,
            icon: IconBucket,
            run: () => openDialog({ kind: 'delete-bucket', bucket }),
          },
        ]),
    ...(current === null ? [] : [exportCommand(current)]),
    ...KEYS,
    ...(kafka === null ? [] : [copyCommand(kafka)]),
    ...WINDOW,
  ];
  return (
    <Spotlight
      actions={commands.map(toAction)}
      shortcut={null}
      nothingFound="No command is called that"
      highlightQuery
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: 'Type a command', 'aria-label': 'Type a command' }}
    />
  );
}

function toAction({ label, icon: Icon, run, keywords }: Command): SpotlightActionData {
  return {
    id: label,
    label,
    onClick: run,
    leftSection: <Icon size={18} stroke={1.7} aria-hidden />,
    ...(keywords === undefined ? {} : { keywords: [...keywords] }),
  };
}

function archivingCommand(isOn: boolean): Command {
  return {
    label: isOn ? 'Stop archiving' : 'Start archiving',
    icon: isOn ? IconPlayerStop : IconPlayerPlay,
    run: () => attempt(toggleArchiving),
  };
}

function pauseCommand(isPaused: boolean): Command {
  return {
    label: isPaused ? 'Go on archiving' : 'Pause archiving',
    icon: isPaused ? IconPlayerPlay : IconPlayerPause,
    run: () => attempt(togglePause),
  };
}

/** Those to switch to; main says why when it can't be, such as while archiving. */
function connectionCommands(view: ConnectionsView | null): readonly Command[] {
  const active = view?.active ?? SANDBOX;
  const named = (view?.connections ?? []).map(({ connection: { id, name } }) => ({ id, name }));
  const others = [{ id: SANDBOX, name: 'the sandbox' }, ...named].filter(({ id }) => id !== active);
  return [
    {
      label: 'Connections',
      icon: IconPlugConnected,
      run: () => openConnection(active),
      keywords: ['kafka', 'brokers', 'bucket', 'cluster', 'password', 'certificate'],
    },
    { label: 'New connection', icon: IconPlus, run: openNewConnection },
    ...others.map(({ id, name }) => ({
      label: `Use ${name}`,
      icon: IconPlugConnected,
      run: () => attempt(() => switchTo(id)),
    })),
  ];
}

function exportCommand(fingerprint: string): Command {
  return {
    label: 'Export the current key',
    icon: IconKey,
    run: () => exportKey(fingerprint),
    keywords: ['backup', 'save', 'pem'],
  };
}

function copyCommand(kafka: string): Command {
  return {
    label: `Copy the address of Kafka, ${kafka}`,
    icon: IconCopy,
    run: () =>
      attempt(async () => {
        await navigator.clipboard.writeText(kafka);
        say('Copied the address of Kafka');
      }),
  };
}

const goSend = (tab: SendTab) => (): void => {
  sendStore.setState({ tab });
  showScreen('send');
};

const SENDING: readonly Command[] = [
  { label: 'Send one message', icon: IconSend, run: goSend('message') },
  { label: 'Send generated messages', icon: IconSparkles, run: goSend('generator'), keywords: ['generator', 'load'] },
  { label: 'Send a file', icon: IconFileUpload, run: goSend('file'), keywords: ['jsonl'] },
];

const BUCKET: readonly Command[] = [
  {
    label: 'Open an archive from the disk',
    icon: IconFileSearch,
    run: () => attempt(chooseArchiveFile),
    keywords: ['file', 'preview'],
  },
  {
    label: 'Search the archives',
    icon: IconZoomScan,
    run: openSearch,
    keywords: ['find', 'key', 'text', 'message'],
  },
  { label: 'Create a bucket', icon: IconBucket, run: () => openDialog({ kind: 'create-bucket' }) },
  {
    label: 'Bucket settings',
    icon: IconSettings,
    run: openBucketSettings,
    keywords: ['lifecycle', 'cost', 'price', 'retention', 'lock', 'versioning', 'storage class'],
  },
  {
    label: 'Refresh the bucket',
    icon: IconRefresh,
    run: () => {
      showScreen('bucket');
      attempt(refresh);
    },
  },
];

const TOPICS: readonly Command[] = [
  {
    label: 'Choose topics to archive',
    icon: IconStack2,
    run: () => showScreen('topics'),
    keywords: ['pattern', 'retention', 'lag', 'select'],
  },
];

const VERIFY: readonly Command[] = [
  {
    label: 'Verify the archives',
    icon: IconShieldCheck,
    run: () => showScreen('verify'),
    keywords: ['coverage', 'missing', 'damaged', 'repair', 'report', 'proof'],
  },
];

const RESTORE: readonly Command[] = [
  {
    label: 'Restore to Kafka',
    icon: IconDatabaseImport,
    run: () => showScreen('restore'),
    keywords: ['dry run', 'replay', 'back'],
  },
];

const KEYS: readonly Command[] = [
  { label: 'Import a key', icon: IconFileImport, run: () => openDialog({ kind: 'import-key' }) },
  {
    label: 'Generate a key',
    icon: IconKey,
    run: () => {
      showScreen('keys');
      attempt(() => request('key.generate'));
    },
  },
];

const WINDOW: readonly Command[] = [
  { label: 'Show jobs', icon: IconBriefcase, run: () => showJobs(true) },
  { label: 'Show problems', icon: IconAlertTriangle, run: () => showProblems(true) },
  { label: 'Clear problems', icon: IconAlertTriangle, run: () => attempt(() => request('live.dismissProblems')) },
  { label: 'Light theme', icon: IconSun, run: () => attempt(() => saveSettings({ theme: 'light' })) },
  { label: 'Dark theme', icon: IconMoon, run: () => attempt(() => saveSettings({ theme: 'dark' })) },
  {
    label: "The system's theme",
    icon: IconDeviceDesktop,
    run: () => attempt(() => saveSettings({ theme: 'system' })),
  },
];
