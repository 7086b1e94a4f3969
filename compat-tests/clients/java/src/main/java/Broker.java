import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** What many scenarios do with the broker. */
class Broker {
    static final Admin ADMIN = Admin.create(Map.of("bootstrap.servers", Contract.bootstrap));

    static String topic(String name, int partitions, Map<String, String> configs) throws Exception {
        NewTopic topic = new NewTopic(Contract.prefix + name, Optional.of(partitions), Optional.empty()).configs(configs);
        ADMIN.createTopics(List.of(topic)).all().get();
        return topic.name();
    }

    static String topic(String name, int partitions) throws Exception {
        return topic(name, partitions, Map.of());
    }

    static KafkaProducer<String, String> producer(Map<String, String> options) {
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", Contract.bootstrap));
        config.putAll(options);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /** Sends without waiting. */
    static List<Future<RecordMetadata>> send(KafkaProducer<String, String> it, String topic, int partition, List<String> values) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (String value : values) sent.add(it.send(new ProducerRecord<>(topic, partition, null, value)));
        return sent;
    }

    static void send(String topic, int partition, List<String> values, Map<String, String> options) throws Exception {
        try (KafkaProducer<String, String> it = producer(options)) {
            for (Future<RecordMetadata> sent : send(it, topic, partition, values)) sent.get();
        }
    }

    static void send(String topic, int partition, List<String> values) throws Exception {
        send(topic, partition, values, Map.of());
    }

    /** The committed offset of a partition; -1: none. */
    static long committed(String group, String topic, int partition) throws Exception {
        var offset = ADMIN.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().get(new TopicPartition(topic, partition));
        return offset == null ? -1 : offset.offset();
    }
}
