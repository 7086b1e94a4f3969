import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

class Transactions {
    private static final Map<String, String> READ_COMMITTED = Map.of("isolation.level", "read_committed");

    private static KafkaProducer<String, String> begun(String id) {
        KafkaProducer<String, String> it = Broker.producer(Map.of("transactional.id", Contract.prefix + id));
        it.initTransactions();
        it.beginTransaction();
        return it;
    }

    private static List<String> readCommitted(String topic, String last) throws Exception {
        return Member.values(Member.readTo(topic, last, READ_COMMITTED));
    }

    static void all() throws Exception {
        String topic = Broker.topic("transactions", 1);
        KafkaProducer<String, String> it = begun("tx");
        Broker.send(it, topic, 0, List.of("a0", "a1"));
        it.flush();
        it.abortTransaction();
        it.beginTransaction();
        Broker.send(it, topic, 0, List.of("c0", "c1"));
        it.commitTransaction();
        Broker.send(topic, 0, List.of("end"));
        Contract.check("read_committed", () -> Contract.expect("values", readCommitted(topic, "end"), List.of("c0", "c1", "end")));
        Contract.check("read_uncommitted", () -> Contract.expect("values", Member.readTo(topic, "end"), List.of("a0", "a1", "c0", "c1", "end")));
        Contract.check("copy with offsets", Transactions::copy);
        Contract.check("an older producer is fenced", () -> fence(topic));
    }

    /** The first transaction is aborted. */
    private static void copy() throws Exception {
        String input = Broker.topic("input", 1);
        String output = Broker.topic("output", 1);
        Broker.send(input, 0, Contract.numbers(20, 0));
        KafkaProducer<String, String> it = begun("copy");
        for (boolean isGood : new boolean[] {false, true}) {
            try (Member member = new Member(input, input, Map.of("enable.auto.commit", "false"))) {
                Contract.until("the input", () -> member.seen.size() >= 20, member::poll);
                Broker.send(it, output, 0, member.values());
                it.flush();
                it.sendOffsetsToTransaction(Map.of(new TopicPartition(input, 0), new OffsetAndMetadata(20)), member.consumer.groupMetadata());
                if (isGood) it.commitTransaction();
                else {
                    it.abortTransaction();
                    Contract.expect("offset after the abort", Broker.committed(input, input, 0), -1L);
                    it.beginTransaction();
                }
            }
        }
        Broker.send(output, 0, List.of("end"));
        Contract.expect("offset", Broker.committed(input, input, 0), 20L);
        List<String> expected = new ArrayList<>(Contract.numbers(20, 0));
        expected.add("end");
        Contract.expect("values", readCommitted(output, "end"), expected);
    }

    private static void fence(String topic) throws Exception {
        KafkaProducer<String, String> old = begun("fence");
        Broker.send(old, topic, 0, List.of("old"));
        old.flush();
        KafkaProducer<String, String> young = begun("fence");
        Broker.send(young, topic, 0, List.of("young"));
        try {
            old.commitTransaction();
            throw new AssertionError("the older one commits");
        } catch (ProducerFencedException | InvalidProducerEpochException expected) {
            young.commitTransaction();
        }
        Contract.expect("values", readCommitted(topic, "young"), List.of("c0", "c1", "end", "young"));
    }
}
