import static java.util.Map.entry;

import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;

/** The Java client. What the scenarios are: ../scenarios.ts. */
public class Client {
    interface Work {
        void run() throws Exception;
    }

    private static final Map<String, String> CLASSIC = Map.of();
    private static final Map<String, String> NEW = Map.of("group.protocol", "consumer");

    private static final Map<String, Work> SCENARIOS = Map.ofEntries(
        entry("version", () -> Contract.check("version", AppInfoParser::getVersion)),
        entry("produce", RecordScenarios::produce),
        entry("values", RecordScenarios::values),
        entry("idempotent", RecordScenarios::idempotent),
        entry("restart", RecordScenarios::restart),
        entry("compacted", RecordScenarios::compacted),
        entry("transactions", Transactions::all),
        entry("group", () -> Groups.group("group", CLASSIC)),
        entry("crash", () -> Groups.crash("crash", CLASSIC)),
        entry("resume", () -> Groups.resume("crash", CLASSIC)),
        entry("consumer-group", () -> Groups.group("consumer-group", NEW)),
        entry("consumer-crash", () -> Groups.crash("consumer-crash", NEW)),
        entry("consumer-resume", () -> Groups.resume("consumer-crash", NEW)),
        entry("cooperative", () -> Groups.group("cooperative", Map.of("partition.assignment.strategy",
            "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"))),
        entry("static", Groups::staticMembers),
        entry("topics", AdminScenarios::topics),
        entry("groups", AdminScenarios::groups),
        entry("delete-records", AdminScenarios::deleteRecords),
        entry("times", AdminScenarios::times));

    public static void main(String[] arguments) throws Exception {
        Contract.bootstrap = arguments[0];
        Contract.prefix = arguments[2];
        SCENARIOS.get(arguments[1]).run();
        System.exit(0);
    }
}
