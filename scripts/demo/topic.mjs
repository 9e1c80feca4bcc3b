// @ts-check
/** What lies in the topic, read by an unmodified kafkajs in a group of its own. */
import { Kafka, logLevel } from 'kafkajs-plain';

/**
 * @typedef {object} TopicRecord
 * @property {number} partition
 * @property {string} offset
 * @property {string} timestamp
 * @property {Buffer | null} key
 * @property {Buffer | null} value
 * @property {[string, Buffer][]} headers
 */

/**
 * @param {string} broker host:port
 * @param {string} topic
 * @returns {Promise<TopicRecord[]>} everything from the earliest to the latest offset
 */
export async function readTopic(broker, topic) {
  const kafka = new Kafka({ brokers: [broker], clientId: 'permafrost-demo', logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const expected = ends.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  /** @type {TopicRecord[]} */
  const records = [];
  if (expected === 0) return records;
  const consumer = kafka.consumer({ groupId: `permafrost-demo-${process.pid}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    consumer
      .run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          for (const message of batch.messages) records.push(toRecord(batch.partition, message));
          if (records.length >= expected) resolve(undefined);
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}

/**
 * @param {number} partition
 * @param {import('kafkajs-plain').KafkaMessage} message
 * @returns {TopicRecord}
 */
function toRecord(partition, { offset, timestamp, key, value, headers = {} }) {
  /** @type {[string, Buffer][]} */
  const pairs = Object.entries(headers).flatMap(([name, values]) =>
    [values ?? []].flat().map((each) => /** @type {[string, Buffer]} */ ([name, Buffer.from(each)])),
  );
  return { partition, offset, timestamp, key, value, headers: pairs };
}
