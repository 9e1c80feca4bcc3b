import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Apache Kafka's own consumer: all of a compacted topic, then a position that a cut log no longer has. */
public class Positions {
  public static void main(String[] arguments) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", arguments[0]);
    settings.put("auto.offset.reset", "none");
    settings.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    settings.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
    try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
      TopicPartition seats = new TopicPartition("seats", 0);
      consumer.assign(List.of(seats));
      consumer.seekToBeginning(List.of(seats));
      long end = consumer.endOffsets(List.of(seats)).get(seats);
      while (consumer.position(seats) < end) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(20))) {
          System.out.println(record.offset() + " " + record.key() + "=" + record.value());
        }
      }
      TopicPartition cut = new TopicPartition("cut", 0);
      consumer.assign(List.of(cut));
      consumer.seek(cut, new OffsetAndMetadata(3, Optional.of(0), ""));
      try {
        while (true) consumer.poll(Duration.ofSeconds(20));
      } catch (LogTruncationException expected) {
        System.out.println("truncated at " + expected.divergentOffsets().get(cut).offset());
      }
    }
  }
}
