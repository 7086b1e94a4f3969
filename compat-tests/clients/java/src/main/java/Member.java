import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer in a group: what it has seen, its partitions, and those that were taken from it. */
class Member implements ConsumerRebalanceListener, AutoCloseable {
    final KafkaConsumer<String, String> consumer;
    final List<ConsumerRecord<String, String>> seen = new ArrayList<>();
    final Set<Integer> partitions = new TreeSet<>();
    final Set<Integer> revoked = new TreeSet<>();

    Member(String topic, String group, Map<String, String> options) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", Contract.bootstrap, "group.id", group,
            "auto.offset.reset", "earliest", "metadata.max.age.ms", "1000", "retry.backoff.max.ms", "200"));
        if (!options.containsKey("group.protocol")) config.putAll(Map.of("session.timeout.ms", "6000", "heartbeat.interval.ms", "500"));
        config.putAll(options);
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(topic), this);
    }

    /** Reads until a value was seen; what was read after it would be too much. */
    static List<ConsumerRecord<String, String>> readTo(String topic, String last, Map<String, String> options) throws Exception {
        try (Member it = new Member(topic, topic + "-" + Math.random(), options)) {
            Contract.until(last + " in " + topic, () -> it.values().contains(last), it::poll);
            return it.seen;
        }
    }

    static List<String> readTo(String topic, String last) throws Exception {
        return values(readTo(topic, last, Map.of()));
    }

    void poll() {
        consumer.poll(Duration.ofMillis(50)).forEach(seen::add);
    }

    List<String> values() {
        return values(seen);
    }

    static List<String> values(Collection<ConsumerRecord<String, String>> records) {
        return records.stream().map(ConsumerRecord::value).toList();
    }

    static List<String> inOrder(Collection<String> values) {
        return values.stream().sorted(Comparator.comparing(Integer::valueOf)).toList();
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
        assigned.forEach(it -> partitions.add(it.partition()));
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> taken) {
        taken.forEach(it -> partitions.remove(it.partition()));
        taken.forEach(it -> revoked.add(it.partition()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
