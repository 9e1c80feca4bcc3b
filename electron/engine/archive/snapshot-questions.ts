/**
 * What a snapshot asks Kafka. Few questions at a time, each with a deadline: hundreds of groups must not hold up the
 * archiver, and one that does not answer must not cost the others theirs.
 */
import { asPermafrostError, PermafrostError } from '../../../shared/errors';
import type { KafkaAdmin } from '../kafka/admin';
import type { GroupOffsets, TopicSnapshot } from './snapshot';
import type { GroupAnswers } from './snapshot-memory';

export type SnapshotQuestions = Pick<KafkaAdmin, 'groupIds' | 'allCommitted' | 'topicSettings'>;

export interface SnapshotAnswers {
  /** null when the groups could not be listed */
  readonly groups: GroupAnswers | null;
  /** by topic; without those that Kafka did not tell */
  readonly settings: ReadonlyMap<string, NonNullable<TopicSnapshot['settings']>>;
  /** at most one about topics, one about groups */
  readonly problems: readonly PermafrostError[];
}

export interface QuestionLimits {
  readonly atOnce: number;
  readonly answerWithinMs: number;
  /** for all questions of a kind: what is left then counts as not answered */
  readonly allWithinMs: number;
}

export const QUESTION_LIMITS: QuestionLimits = { atOnce: 8, answerWithinMs: 10_000, allWithinMs: 60_000 };
/** so that one answer stays small */
const TOPICS_A_QUESTION = 100;

/**
 * @param ownGroup the archiver's: its place is the end of each chain in the bucket
 * @throws PermafrostError when Kafka answers neither about the topics nor about the groups; CANCELLED
 */
export async function askForSnapshot(
  admin: SnapshotQuestions,
  topics: readonly string[],
  ownGroup: string,
  signal: AbortSignal,
  limits = QUESTION_LIMITS,
): Promise<SnapshotAnswers> {
  const ask: Asking = (subjects, question) => askEach(subjects, question, signal, limits);
  const settings = await askSettings(admin, topics, ask);
  const groups = await askGroups(admin, new Set(topics), ownGroup, ask);
  if (settings.known.size === 0 && groups.known === null && groups.problem !== null) throw groups.problem;
  const problems = [settings.problem, groups.problem].filter((problem) => problem !== null);
  return { settings: settings.known, groups: groups.known, problems };
}

async function askSettings(
  admin: SnapshotQuestions,
  topics: readonly string[],
  ask: Asking,
): Promise<{ known: SnapshotAnswers['settings']; problem: PermafrostError | null }> {
  const parts = Array.from({ length: Math.ceil(topics.length / TOPICS_A_QUESTION) }, (_, index) =>
    topics.slice(index * TOPICS_A_QUESTION, (index + 1) * TOPICS_A_QUESTION),
  );
  const first = await ask(parts, (part) => admin.topicSettings(part));
  // one topic that is gone, or that this user may not describe, fails all that were asked with it
  const alone = [...first.failed.keys()].flat();
  const again = await ask(alone, (topic) => admin.topicSettings([topic]));
  const known = new Map([...first.answers.values(), ...again.answers.values()].flatMap((answer) => [...answer]));
  const [failed] = again.failed;
  if (failed === undefined) return { known, problem: null };
  const [topic, cause] = failed;
  const others = again.failed.size === 1 ? '' : ` and ${again.failed.size - 1} more`;
  const message = `Kafka does not tell the settings of topic ${topic}${others}: ${cause.message} The snapshot says so, and keeps the last that were seen.`;
  return { known, problem: new PermafrostError(cause.code, message, { context: { topic }, cause }) };
}

async function askGroups(
  admin: SnapshotQuestions,
  topics: ReadonlySet<string>,
  ownGroup: string,
  ask: Asking,
): Promise<{ known: GroupAnswers | null; problem: PermafrostError | null }> {
  const listing = await ask(['all'], () => admin.groupIds());
  const ids = listing.answers.get('all')?.filter((id) => id !== ownGroup);
  if (ids === undefined) return { known: null, problem: listing.failed.get('all') ?? null };
  const { answers, failed } = await ask(ids, (id) => admin.allCommitted(id));
  const known = new Map(ids.map((id) => [id, offsetsOf(answers.get(id), topics)]));
  const [first] = failed;
  if (first === undefined) return { known, problem: null };
  const [group, cause] = first;
  const message = `Kafka does not tell the offsets of ${failed.size} of ${ids.length} consumer groups, ${group} for one: ${cause.message} The snapshot says so, and keeps the last that were seen.`;
  return { known, problem: new PermafrostError(cause.code, message, { context: { group }, cause }) };
}

function offsetsOf(
  committed: Awaited<ReturnType<KafkaAdmin['allCommitted']>> | undefined,
  topics: ReadonlySet<string>,
): GroupOffsets | null {
  if (committed === undefined) return null;
  return committed
    .filter(({ topic }) => topics.has(topic))
    .map(({ topic, partition, offset, metadata }) => ({ topic, partition, offset: offset.toString(), metadata }));
}

interface Asked<Subject, Answer> {
  readonly answers: ReadonlyMap<Subject, Answer>;
  readonly failed: ReadonlyMap<Subject, PermafrostError>;
}

type Asking = <Subject, Answer>(
  subjects: readonly Subject[],
  question: (subject: Subject) => Promise<Answer>,
) => Promise<Asked<Subject, Answer>>;

/** @throws PermafrostError CANCELLED when the signal is aborted; nothing else */
async function askEach<Subject, Answer>(
  subjects: readonly Subject[],
  question: (subject: Subject) => Promise<Answer>,
  signal: AbortSignal,
  { atOnce, answerWithinMs, allWithinMs }: QuestionLimits,
): Promise<Asked<Subject, Answer>> {
  const answers = new Map<Subject, Answer>();
  const failed = new Map<Subject, PermafrostError>();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), allWithinMs);
  const left = subjects[Symbol.iterator]();
  const asker = async (): Promise<void> => {
    for (const subject of left) {
      try {
        answers.set(subject, await within(answerWithinMs, () => question(subject), [signal, deadline.signal]));
      } catch (thrown) {
        if (signal.aborted) throw new PermafrostError('CANCELLED', 'Cancelled.', { cause: thrown });
        failed.set(subject, asPermafrostError(thrown));
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: atOnce }, asker));
  } finally {
    clearTimeout(timer);
  }
  return { answers, failed };
}

/**
 * kafkajs cannot cancel a request: an answer that comes too late is let go. Not by AbortSignal.any of an
 * AbortSignal.timeout: Node 20 collects a signal that only another one knows, and it never fires.
 */
function within<Value>(ms: number, work: () => Promise<Value>, signals: readonly AbortSignal[]): Promise<Value> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new PermafrostError('KAFKA_UNAVAILABLE', 'Kafka does not answer in time.'));
    if (signals.some(({ aborted }) => aborted)) {
      giveUp();
      return;
    }
    const timer = setTimeout(giveUp, ms);
    for (const signal of signals) signal.addEventListener('abort', giveUp, { once: true });
    const clear = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    };
    work().then(resolve, reject).finally(clear);
  });
}
