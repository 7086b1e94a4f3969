import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

class RecordScenarios {
    static void produce() throws Exception {
        List<String> codecs = List.of("none", "gzip", "snappy", "lz4", "zstd");
        List<String> acks = List.of("0", "1", "all");
        String topic = Broker.topic("codecs", codecs.size() * acks.size());
        int partition = 0;
        for (String codec : codecs)
            for (String ack : acks) {
                Broker.send(topic, partition, List.of("first"));
                Broker.send(topic, partition++, Contract.numbers(20, 0), Map.of("compression.type", codec, "acks", ack,
                    "enable.idempotence", "false", "linger.ms", "20"));
            }
        List<String> expected = new ArrayList<>(List.of("first"));
        expected.addAll(Contract.numbers(20, 0));
        int count = expected.size() * partition;
        try (Member reader = new Member(topic, topic, Map.of())) {
            Contract.until("all records", () -> reader.seen.size() >= count, reader::poll);
            for (int n = 0; n < partition; n++) {
                int at = n;
                var seen = reader.seen.stream().filter(record -> record.partition() == at).toList();
                Contract.check(codecs.get(n / acks.size()) + " acks=" + acks.get(n % acks.size()),
                    () -> Contract.expect("values", Member.values(seen), expected));
            }
        }
    }

    static void values() throws Exception {
        String topic = Broker.topic("values", 1);
        List<Header> headers = List.of(header("one", "first"), header("two", "a"), header("two", ""), new RecordHeader("none", (byte[]) null));
        List<List<String>> pairs = List.of(Arrays.asList(null, "no key"), Arrays.asList("no value", null), List.of("", ""), Arrays.asList(null, "end"));
        try (KafkaProducer<String, String> it = Broker.producer(Map.of())) {
            it.send(new ProducerRecord<>(topic, 0, 1_700_000_000_000L, "k", "v", headers)).get();
            for (List<String> pair : pairs) it.send(new ProducerRecord<>(topic, pair.get(0), pair.get(1))).get();
        }
        List<ConsumerRecord<String, String>> seen = Member.readTo(topic, "end", Map.of());
        Contract.check("headers", () -> Contract.expect("headers", List.of(seen.get(0).headers().toArray()), headers));
        Contract.check("timestamp", () -> Contract.expect("timestamp", seen.get(0).timestamp(), 1_700_000_000_000L));
        Contract.check("null and empty", () -> Contract.expect("pairs",
            seen.stream().skip(1).map(record -> Arrays.asList(record.key(), record.value())).toList(), pairs));
    }

    private static Header header(String name, String value) {
        return new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static void idempotent() throws Exception {
        String topic = Broker.topic("idempotent", 1);
        Contract.check("each once, in order", () -> {
            Broker.send(topic, 0, Contract.numbers(1000, 0), Map.of("enable.idempotence", "true", "batch.size", "200"));
            Contract.expect("values", Member.readTo(topic, "999"), Contract.numbers(1000, 0));
        });
    }

    static void compacted() {
        Map<String, String> wanted = new HashMap<>(Map.of("last", "end"));
        for (String key : Contract.numbers(10, 0)) wanted.put(key, "new");
        Contract.check("read to the end", () -> Contract.until("compaction", () -> {
            Map<String, String> values = new HashMap<>();
            var seen = Member.readTo(Contract.prefix + "compacted", "end", Map.of());
            for (var record : seen) values.put(record.key(), record.value());
            Contract.expect("values", values, wanted);
            return seen.size() == wanted.size();
        }));
    }

    static void restart() throws Exception {
        String topic = Broker.topic("restart", 1);
        Contract.check("nothing lost, nothing twice", () -> {
            int sent = 0;
            try (KafkaProducer<String, String> it = Broker.producer(Map.of("enable.idempotence", "true")); Member reader = new Member(topic, topic, Map.of())) {
                CompletableFuture<Void> restarted = new CompletableFuture<>();
                for (int last = 100; sent < last; sent++) {
                    Broker.send(it, topic, 0, List.of(String.valueOf(sent)));
                    reader.consumer.poll(java.time.Duration.ofMillis(1)).forEach(reader.seen::add);
                    if (sent == 50) restarted = Contract.restart();
                    if (!restarted.isDone()) last = sent + 100;
                }
                it.flush();
                int count = sent;
                Contract.until("all records", () -> reader.values().stream().distinct().count() >= count, reader::poll);
            }
            Contract.expect("values", Member.readTo(topic, String.valueOf(sent - 1)), Contract.numbers(sent, 0));
            return sent + " records";
        });
    }
}
