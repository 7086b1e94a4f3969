import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Produces numbered lines with an idempotent producer: Feed BOOTSTRAP TOPIC COUNT PER_SECOND. Line n is "line-n word-w all", where w is
 * n modulo 10. Ends when all are acknowledged.
 */
public final class Feed {
  private static final int WORDS = 10;
  private static final int DELIVERY_TIMEOUT_MS = 120_000;

  public static void main(String[] args) throws Exception {
    int count = Integer.parseInt(args[2]);
    double perSecond = Double.parseDouble(args[3]);
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", args[0]);
    config.put("delivery.timeout.ms", DELIVERY_TIMEOUT_MS);
    config.put("request.timeout.ms", DELIVERY_TIMEOUT_MS / 10);
    var failure = new AtomicReference<Exception>();
    long startedAt = System.nanoTime();
    try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      for (int n = 0; n < count; n++) {
        long aheadNanos = startedAt + (long) (n / perSecond * 1e9) - System.nanoTime();
        if (aheadNanos > 0) Thread.sleep(aheadNanos / 1_000_000);
        var line = "line-" + n + " word-" + n % WORDS + " all";
        producer.send(
            new ProducerRecord<>(args[1], "key-" + n, line),
            (metadata, error) -> failure.compareAndSet(null, error));
      }
    }
    if (failure.get() != null) throw failure.get();
  }
}
