import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

class AdminScenarios {
    private static String retention(ConfigResource resource) throws Exception {
        return Broker.ADMIN.describeConfigs(List.of(resource)).all().get().get(resource).get("retention.ms").value();
    }

    private static int partitions(String topic) throws Exception {
        return Broker.ADMIN.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
    }

    static void topics() throws Exception {
        String topic = Broker.topic("topics", 2, Map.of("retention.ms", "1000000"));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Contract.check("created", () -> Contract.expect("partitions", partitions(topic), 2));
        Contract.check("an existing one is not created", () -> {
            try {
                Broker.topic("topics", 1);
                throw new AssertionError("created again");
            } catch (ExecutionException error) {
                Contract.expect("error", error.getCause().getClass(), TopicExistsException.class);
            }
        });
        Contract.check("partitions are added", () -> {
            Broker.ADMIN.createPartitions(Map.of(topic, NewPartitions.increaseTo(5))).all().get();
            Contract.expect("partitions", partitions(topic), 5);
        });
        Contract.check("configs", () -> {
            Contract.expect("as created", retention(resource), "1000000");
            AlterConfigOp change = new AlterConfigOp(new ConfigEntry("retention.ms", "2000000"), AlterConfigOp.OpType.SET);
            Broker.ADMIN.incrementalAlterConfigs(Map.of(resource, List.of(change))).all().get();
            Contract.expect("altered", retention(resource), "2000000");
        });
        Contract.check("deleted", () -> {
            Broker.ADMIN.deleteTopics(List.of(topic)).all().get();
            Contract.until("it is gone", () -> !Broker.ADMIN.listTopics().names().get().contains(topic));
        });
    }

    static void groups() throws Exception {
        String topic = Broker.topic("groups", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        Broker.send(topic, 0, Contract.numbers(10, 0));
        try (Member member = new Member(topic, topic, Map.of())) {
            Contract.until("10 records", () -> member.seen.size() == 10, member::poll);
            Contract.check("described", () -> Contract.expect("members",
                Broker.ADMIN.describeConsumerGroups(List.of(topic)).all().get().get(topic).members().size(), 1));
        }
        Contract.check("listed", () -> Contract.expect("listed", isListed(topic), true));
        Contract.check("offsets", () -> Contract.expect("offset", Broker.committed(topic, topic, 0), 10L));
        Contract.check("offsets altered", () -> {
            Broker.ADMIN.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(4))).all().get();
            Contract.expect("offset", Broker.committed(topic, topic, 0), 4L);
        });
        Contract.check("offsets deleted", () -> {
            Broker.ADMIN.deleteConsumerGroupOffsets(topic, Set.of(partition)).all().get();
            Contract.expect("offset", Broker.committed(topic, topic, 0), -1L);
        });
        Contract.check("deleted", () -> {
            Broker.ADMIN.deleteConsumerGroups(List.of(topic)).all().get();
            Contract.expect("listed", isListed(topic), false);
        });
    }

    private static boolean isListed(String group) throws Exception {
        return Broker.ADMIN.listConsumerGroups().all().get().stream().anyMatch(listing -> listing.groupId().equals(group));
    }

    static void deleteRecords() throws Exception {
        String topic = Broker.topic("deleted", 1);
        Broker.send(topic, 0, Contract.numbers(10, 0));
        Contract.check("records are deleted", () -> {
            TopicPartition partition = new TopicPartition(topic, 0);
            var deleted = Broker.ADMIN.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6))).lowWatermarks().get(partition);
            Contract.expect("low watermark", deleted.get().lowWatermark(), 6L);
            Contract.expect("values", Member.readTo(topic, "9"), Contract.numbers(4, 6));
        });
    }

    static void times() throws Exception {
        String topic = Broker.topic("times", 1);
        TopicPartition partition = new TopicPartition(topic, 0);
        long base = 1_700_000_000_000L;
        try (KafkaProducer<String, String> it = Broker.producer(Map.of())) {
            for (int n = 0; n < 4; n++) it.send(new ProducerRecord<>(topic, 0, base + n * 1000, null, String.valueOf(n))).get();
        }
        Contract.check("the first record at or after a time", () -> Contract.expect("offsets",
            List.of(offset(partition, OffsetSpec.forTimestamp(base + 2000)), offset(partition, OffsetSpec.forTimestamp(base + 1999)),
                offset(partition, OffsetSpec.forTimestamp(base + 4000))), List.of(2L, 2L, -1L)));
        Contract.check("first, last, newest", () -> Contract.expect("offsets", List.of(offset(partition, OffsetSpec.earliest()),
            offset(partition, OffsetSpec.latest()), offset(partition, OffsetSpec.maxTimestamp())), List.of(0L, 4L, 3L)));
    }

    private static long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        return Broker.ADMIN.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
    }
}
