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
  const losing = withWarning(chosen, 'losing');
  const atRisk = withWarning(chosen, 'at-risk');
  const missing = chosen.filter(({ topic }) => topic === null);
  const all = [...losing, ...atRisk, ...missing];
  const free = missing.filter(({ fixedBecause }) => fixedBecause === null).map(({ name }) => name);
  return (
    <>
      <NotRefreshed />
      {all.length > 0 && (
        <Banner
          tone={losing.length > 0 ? 'bad' : 'warn'}
          actions={
            <>
              {free.length > 0 && (
                <Button size="xs" variant="default" onClick={() => chooseNames(free, false)}>
                  Drop {free.length === 1 ? 'missing topic' : `${count(free.length)} missing topics`}
                </Button>
              )}
              <Button size="xs" variant="default" onClick={() => show(all)}>
                Show {all.length === 1 ? 'it' : 'them'}
              </Button>
            </>
          }
        >
          <Losing lines={losing} />
          <AtRisk lines={atRisk} />
          <Missing lines={missing} />
        </Banner>
      )}
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
  return (
    <p>
      <strong>
        {lines.length === 1 ? `${lines[0]?.name ?? ''} loses` : `${count(lines.length)} topics lose`} records.
      </strong>{' '}
      {lost > 0
        ? `Kafka has deleted up to ${counted(lost, 'record')} before ${lost === 1 ? 'it was' : 'they were'} archived.`
        : 'Kafka deletes records that are not archived yet.'}
    </p>
  );
}

function AtRisk({ lines }: Lines) {
  if (lines.length === 0) return null;
  const waiting = lines.reduce((sum, { topic }) => sum + (topic?.lag?.records ?? 0), 0);
  return (
    <p>
      <strong>
        {lines.length === 1 ? `${lines[0]?.name ?? ''} is` : `${count(lines.length)} topics are`} at risk.
      </strong>{' '}
      {counted(waiting, 'record')} {waiting === 1 ? 'is' : 'are'} not archived, and half of their time in Kafka is over.
    </p>
  );
}

function Missing({ lines }: Lines) {
  if (lines.length === 0) return null;
  const names = lines.slice(0, 3).map(({ name }) => name);
  const more = lines.length - names.length;
  return (
    <p>
      <strong>
        {counted(lines.length, 'chosen topic')} {lines.length === 1 ? 'is' : 'are'} not in Kafka:
      </strong>{' '}
      <span className="mono">{names.join(', ')}</span>
      {more > 0 && ` and ${count(more)} more`}
    </p>
  );
}

function show([first]: readonly TopicLine[]): void {
  askTopics({ show: 'problems', text: '', sort: { column: 'state', isDescending: false } });
  showDetails(first?.name ?? null);
}

function withWarning(lines: readonly TopicLine[], kind: TopicWarningKind): readonly TopicLine[] {
  return lines.filter(({ warnings }) => warnings.some((warning) => warning.kind === kind));
}
