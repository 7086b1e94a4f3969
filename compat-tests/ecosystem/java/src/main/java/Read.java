import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Prints the committed records of a topic, a line each, key and value: Read BOOTSTRAP TOPIC COUNT SECONDS. Ends when it has COUNT of them
 * and no others follow at once, or when none has come for SECONDS.
 */
public final class Read {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration MORE = Duration.ofSeconds(3);

  public static void main(String[] args) {
    int wanted = Integer.parseInt(args[2]);
    var patience = Duration.ofSeconds(Long.parseLong(args[3]));
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", args[0]);
    config.put("isolation.level", "read_committed");
    config.put("auto.offset.reset", "earliest");
    try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      var partitions = consumer.partitionsFor(args[1]);
      consumer.assign(partitions.stream().map(it -> new TopicPartition(it.topic(), it.partition())).toList());
      int count = 0;
      var lastAt = Instant.now();
      while (Instant.now().isBefore(lastAt.plus(count < wanted ? patience : MORE))) {
        var records = consumer.poll(POLL);
        if (!records.isEmpty()) lastAt = Instant.now();
        count += records.count();
        records.forEach(it -> System.out.println(it.key() + "\t" + it.value()));
      }
    }
  }
}
