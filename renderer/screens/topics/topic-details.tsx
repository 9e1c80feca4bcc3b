import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { StateMark } from '../../components/state-mark';
import { counted, exactBytes } from '../../format/format';
import { keepingExact, keepingText, lagSentence, SEVERITY_TONES, WARNING_WORDS } from '../../format/topic-words';
import { useTopics } from '../../stores/hooks';
import type { TopicLine } from '../../stores/topic-lines';
import { chooseNames, showDetails } from '../../stores/topics';
import classes from './topic-details.module.css';
import { TopicStateMark } from './topic-state-mark';

/** What is to be said of the topic whose row is active, in full sentences. */
export function TopicDetails(props: { readonly lines: readonly TopicLine[] }) {
  const active = useTopics((state) => state.active);
  const line = props.lines.find(({ name }) => name === active);
  if (line === undefined) return null;
  return (
    <section className={classes.details} aria-label={`About ${line.name}`}>
      <div className={classes.head}>
        <h2 className="mono ellipsis">{line.name}</h2>
        <TopicStateMark line={line} />
        <span className={classes.space} />
        <ActionIcon size={26} aria-label="Close the details" onClick={() => showDetails(null)}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      {line.topic === null ? <MissingTopic line={line} /> : <ListedTopicFacts line={line} topic={line.topic} />}
    </section>
  );
}

function ListedTopicFacts(props: { readonly line: TopicLine; readonly topic: NonNullable<TopicLine['topic']> }) {
  const { line, topic } = props;
  const facts = [
    counted(topic.partitions, 'partition'),
    `${counted(topic.replication, 'replica')} each`,
    ...(topic.sizeBytes === null ? [] : [exactBytes(topic.sizeBytes)]),
  ];
  const lag = lagSentence(topic.lag);
  return (
    <dl className={classes.facts}>
      {line.warnings.map(({ kind, severity, sentence }) => (
        <Fact key={kind} name={<StateMark tone={SEVERITY_TONES[severity]} word={WARNING_WORDS[kind]} size={15} />}>
          {sentence}
        </Fact>
      ))}
      {line.fixedBecause !== null && <Fact name="Chosen">{line.fixedBecause}</Fact>}
      {lag !== '' && <Fact name="Archive">{lag}</Fact>}
      <Fact name="Kept by Kafka">
        {keepingText(topic.keeping)} <span className="dim">({keepingExact(topic.keeping)})</span>
      </Fact>
      <Fact name="Topic">{facts.join(', ')}</Fact>
    </dl>
  );
}

function MissingTopic(props: { readonly line: TopicLine }) {
  const { name, fixedBecause, chosen } = props.line;
  return (
    <div className={classes.missing}>
      <p>
        It is chosen by its name, and Kafka does not name it: it was deleted or is not made yet, or this user lacks the
        right Describe on it. It is archived as soon as it is there. What was archived of it stays in the bucket.
      </p>
      {fixedBecause === null && chosen !== null && (
        <Button size="xs" variant="default" onClick={() => chooseNames([name], false)}>
          Drop it
        </Button>
      )}
    </div>
  );
}

function Fact(props: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  );
}
