import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Apache Kafka's own producer: each codec into the partition of its place in the list. Arguments: broker, topic, count. */
public class EveryCodec {
  static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[2]);
    for (int partition = 0; partition < CODECS.size(); partition++) {
      Properties settings = new Properties();
      settings.put("bootstrap.servers", arguments[0]);
      settings.put("compression.type", CODECS.get(partition));
      settings.put("linger.ms", "50");
      for (String kind : List.of("key", "value")) {
        settings.put(kind + ".serializer", "org.apache.kafka.common.serialization.ByteArraySerializer");
      }
      try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
        for (int number = 0; number < count; number++) {
          byte[] key = number % 3 == 0 ? null : bytes("bus " + number % 7);
          byte[] value = number % 10 == 9 ? null : bytes("{\"codec\":\"" + CODECS.get(partition) + "\",\"ß\":" + number + "}");
          List<Header> headers = List.of(new RecordHeader("2", bytes("b")), new RecordHeader("1", bytes("a")),
              new RecordHeader("2", bytes("")), new RecordHeader("none", (byte[]) null));
          long timestamp = number % 50 == 0 ? 0 : 1671494400000L + number;
          producer.send(new ProducerRecord<>(arguments[1], partition, timestamp, key, value, headers));
        }
      }
    }
  }
}
