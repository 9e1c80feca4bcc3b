import { Button } from '@mantine/core';
import type { TopicWarningKind } from '../../../shared/model/topic-warnings';
import { Banner } from '../../components/banner';
import { count, counted } from '../../format/format';
import { useTopics } from '../../stores/hooks';
import type { TopicLine } from '../../stores/topic-lines';
import { askTopics, chooseNames, loadTopics, showDetails } from '../../stores/topics';

/** What must not be overlooked, in numbers: records that are lost, or soon will be; topics that are not there. */
export function TroubleBanners(props: { readonly lines: readonly TopicLine[] }) {
  const chosen = props.lines.filter((line) => line.chosen !== null);
  return (
    <>
      <NotRefreshed />
      <Losing lines={withWarning(chosen, 'losing')} />
      <AtRisk lines={withWarning(chosen, 'at-risk')} />
      <Missing lines={chosen.filter(({ topic }) => topic === null)} />
    </>
  );
}

/** The rows of before stay; that they may be old is said. */
function NotRefreshed() {
  const error = useTopics((state) => state.error);
  if (error === null) return null;
  return (
    <Banner
      tone="bad"
      title="The list could not be refreshed."
      actions={
        <Button size="xs" variant="default" onClick={() => void loadTopics()}>
          Try again
        </Button>
      }
    >
      {error.message}
    </Banner>
  );
}

type Lines = { readonly lines: readonly TopicLine[] };

function Losing({ lines }: Lines) {
  if (lines.length === 0) return null;
  const lost = lines.reduce((sum, { topic }) => sum + (topic?.lag?.lost ?? 0), 0);
  const loses =
    lines.length === 1 ? `${lines[0]?.name ?? ''} loses records.` : `${count(lines.length)} topics lose records.`;
  return (
    <Banner tone="bad" title={loses} actions={<ShowThem lines={lines} />}>
      {lost > 0
        ? `Kafka has deleted up to ${counted(lost, 'record')} before ${lost === 1 ? 'it was' : 'they were'} archived.`
        : 'Kafka deletes records that are not archived yet.'}
    </Banner>
  );
}

function AtRisk({ lines }: Lines) {
  if (lines.length === 0) return null;
  const waiting = lines.reduce((sum, { topic }) => sum + (topic?.lag?.records ?? 0), 0);
  const are = lines.length === 1 ? `${lines[0]?.name ?? ''} is at risk.` : `${count(lines.length)} topics are at risk.`;
  return (
    <Banner tone="warn" title={are} actions={<ShowThem lines={lines} />}>
      {counted(waiting, 'record')} {waiting === 1 ? 'is' : 'are'} not archived yet, and more than half of the time that
      Kafka keeps the oldest is over.
    </Banner>
  );
}

function Missing({ lines }: Lines) {
  if (lines.length === 0) return null;
  const names = lines.map(({ name }) => name);
  const own = lines.filter(({ fixedBecause }) => fixedBecause === null).map(({ name }) => name);
  return (
    <Banner
      tone="warn"
      title={`${counted(lines.length, 'chosen topic')} ${lines.length === 1 ? 'is' : 'are'} not in Kafka.`}
      actions={
        <>
          <ShowThem lines={lines} />
          {own.length > 0 && (
            <Button size="xs" variant="default" onClick={() => chooseNames(own, false)}>
              Drop {own.length === 1 ? 'it' : 'them'}
            </Button>
          )}
        </>
      }
    >
      <span className="mono">{names.slice(0, 3).join(', ')}</span>
      {names.length > 3 && ` and ${count(names.length - 3)} more`}: deleted, not made yet, or this user may not describe{' '}
      {names.length === 1 ? 'it' : 'them'}.
    </Banner>
  );
}

function ShowThem({ lines }: Lines) {
  const [first] = lines;
  return (
    <Button
      size="xs"
      variant="default"
      onClick={() => {
        askTopics({ show: 'problems', text: '', sort: { column: 'state', isDescending: false } });
        showDetails(first?.name ?? null);
      }}
    >
      Show {lines.length === 1 ? 'it' : 'them'}
    </Button>
  );
}

function withWarning(lines: readonly TopicLine[], kind: TopicWarningKind): readonly TopicLine[] {
  return lines.filter(({ warnings }) => warnings.some((warning) => warning.kind === kind));
}
