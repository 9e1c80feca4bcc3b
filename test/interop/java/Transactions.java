import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;

/** Apache Kafka's own client: transactions, fencing, offsets in a transaction, and a reader of what is committed. */
public class Transactions {
  static Properties settings(String broker, String... pairs) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", broker);
    for (String kind : List.of("key", "value")) {
      settings.put(kind + ".serializer", "org.apache.kafka.common.serialization.StringSerializer");
      settings.put(kind + ".deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    }
    for (int at = 0; at < pairs.length; at += 2) settings.put(pairs[at], pairs[at + 1]);
    return settings;
  }

  static void send(KafkaProducer<String, String> producer, String... values) {
    for (String value : values) producer.send(new ProducerRecord<>("buses", 0, null, value));
  }

  public static void main(String[] arguments) throws Exception {
    String broker = arguments[0];
    TopicPartition partition = new TopicPartition("buses", 0);
    try (Admin admin = Admin.create(settings(broker))) {
      admin.createTopics(List.of(new NewTopic("buses", 1, (short) 1))).all().get();

      KafkaProducer<String, String> producer = new KafkaProducer<>(settings(broker, "transactional.id", "depot"));
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, "a", "b");
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, "c");
      producer.flush();
      producer.abortTransaction();

      Properties reading = settings(broker, "group.id", "riders", "auto.offset.reset", "earliest",
          "enable.auto.commit", "false", "isolation.level", "read_committed");
      KafkaConsumer<String, String> consumer = new KafkaConsumer<>(reading);
      consumer.subscribe(List.of("buses"));
      int seen = 0;
      while (seen < 2) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(20))) {
          System.out.println("read " + record.offset() + " " + record.value());
          seen++;
        }
      }
      producer.beginTransaction();
      send(producer, "d");
      producer.sendOffsetsToTransaction(Map.of(partition, new OffsetAndMetadata(2)), consumer.groupMetadata());
      producer.commitTransaction();
      System.out.println("committed " + consumer.committed(java.util.Set.of(partition)).get(partition).offset());
      consumer.close();

      producer.beginTransaction();
      send(producer, "e");
      producer.flush();
      KafkaProducer<String, String> heir = new KafkaProducer<>(settings(broker, "transactional.id", "depot"));
      heir.initTransactions();
      try {
        producer.commitTransaction();
        System.out.println("not fenced");
      } catch (ProducerFencedException expected) {
        System.out.println("fenced");
      }
      producer.close(Duration.ZERO);
      heir.beginTransaction();
      send(heir, "f");
      heir.commitTransaction();
      heir.close();

      KafkaConsumer<String, String> again = new KafkaConsumer<>(reading);
      again.assign(List.of(partition));
      again.seekToBeginning(List.of(partition));
      seen = 0;
      while (seen < 4) {
        for (ConsumerRecord<String, String> record : again.poll(Duration.ofSeconds(20))) {
          System.out.println("again " + record.offset() + " " + record.value());
          seen++;
        }
      }
      System.out.println("end " + again.endOffsets(List.of(partition)).get(partition));
      again.close();
      System.out.println("groups " + admin.listConsumerGroups().all().get().iterator().next().groupId());
    }
  }
}
