/** What the app is about: where messages come from, where archives go, and as whom. */
import { SANDBOX, type Connection } from '../../shared/model/connection';
import type { Settings } from '../../shared/model/settings';
import type { TopicChoice } from '../../shared/model/topic-choice';

export interface Place {
  /** of the connection in use, or `SANDBOX` */
  readonly id: string;
  readonly name: string;
  readonly isSandbox: boolean;
  readonly topics: TopicChoice;
  /** the topic that Live shows; null while none is chosen by name */
  readonly topic: string | null;
  /** of the watched topic, which is made when it is not there; null: no topic is ever made */
  readonly partitions: number | null;
  /** its name, or the path of a folder */
  readonly bucket: string;
  readonly prefix: string;
  readonly archiverGroup: string;
  /** null: nobody reads along */
  readonly pipelineGroup: string | null;
  readonly start: string;
}

export function sandboxPlace(settings: Settings): Place {
  const { topic, topics, partitions, bucket, prefix, archiverGroup, pipelineGroup, start } = settings;
  return {
    id: SANDBOX,
    name: 'Sandbox',
    isSandbox: true,
    topics: { ...topics, names: [...new Set([topic, ...topics.names])] },
    ...{ topic, partitions, bucket, prefix, archiverGroup, pipelineGroup, start },
  };
}

export function ownPlace({ id, name, destination, archiving }: Connection): Place {
  const { topics, watched, archiverGroup, pipelineGroup, start } = archiving;
  const isChosen = watched !== null && topics.names.includes(watched);
  return {
    ...{ id, name, isSandbox: false, topics },
    topic: isChosen ? watched : (topics.names[0] ?? null),
    partitions: null,
    bucket: destination.kind === 'folder' ? destination.folder : destination.bucket,
    prefix: destination.prefix,
    ...{ archiverGroup, pipelineGroup, start },
  };
}

/** How many topics by name, and patterns, are archived besides the watched one. */
export function moreTopics({ topics, topic }: Place): number {
  return topics.names.length + topics.patterns.length - (topic === null ? 0 : 1);
}
