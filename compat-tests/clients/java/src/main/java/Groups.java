import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.HashMap;
import java.util.TreeSet;

class Groups {
    private static final Map<String, String> NO_COMMITS = Map.of("enable.auto.commit", "false");

    static void group(String name, Map<String, String> options) throws Exception {
        String topic = Broker.topic(name, 4);
        List<Member> members = new ArrayList<>(List.of(new Member(topic, topic, options)));
        Client.Work poll = () -> members.forEach(Member::poll);
        Member first = members.get(0);
        Contract.check("alone it has all partitions", () -> Contract.until("4 partitions", () -> first.partitions.size() == 4, poll));
        if (options.containsKey("group.protocol")) Contract.check("it is a consumer group", () -> Contract.expect("type",
            Broker.ADMIN.describeConsumerGroups(List.of(topic)).describedGroups().get(topic).get().type().toString(), "Consumer"));
        Member second = new Member(topic, topic, options);
        members.add(second);
        Contract.check("two share them", () -> Contract.until("2 and 2", () ->
            first.partitions.size() == 2 && second.partitions.size() == 2 && !first.partitions.equals(second.partitions), poll));
        if (name.equals("cooperative"))
            Contract.check("what stays was not revoked", () -> Contract.expect("revoked", first.revoked, second.partitions));
        Contract.check("each record goes to one of them", () -> {
            for (int partition = 0; partition < 4; partition++) Broker.send(topic, partition, Contract.numbers(10, partition * 10));
            List<String> values = new ArrayList<>();
            Contract.until("40 records", () -> first.seen.size() + second.seen.size() >= 40, poll);
            members.forEach(member -> values.addAll(member.values()));
            Contract.expect("values", Member.inOrder(values), Contract.numbers(40, 0));
        });
        members.remove(second);
        second.close();
        Contract.check("who stays has all again", () -> Contract.until("4 partitions", () -> first.partitions.size() == 4, poll));
        first.close();
    }

    private static Map<String, String> without(Map<String, String> options) {
        Map<String, String> all = new HashMap<>(NO_COMMITS);
        all.putAll(options);
        return all;
    }

    static void crash(String name, Map<String, String> options) throws Exception {
        String topic = Broker.topic(name, 2);
        for (int partition = 0; partition < 2; partition++) Broker.send(topic, partition, Contract.numbers(50, partition * 50));
        Map<String, String> slow = without(options);
        slow.put("max.poll.records", "20");
        Member member = new Member(topic, topic, slow);
        Contract.until("40 records", () -> member.seen.size() >= 40, member::poll);
        member.consumer.commitSync();
        Contract.until("some that are not committed", () -> member.seen.size() >= 60, member::poll);
        Contract.kill();
    }

    static void resume(String name, Map<String, String> options) throws Exception {
        String topic = Contract.prefix + name;
        Contract.check("resumes where the killed one had committed", () -> {
            List<String> expected = new ArrayList<>();
            for (int partition = 0; partition < 2; partition++) {
                int at = (int) Math.max(0, Broker.committed(topic, topic, partition));
                expected.addAll(Contract.numbers(50 - at, partition * 50 + at));
            }
            try (Member member = new Member(topic, topic, without(options))) {
                Contract.until("the rest", () -> member.seen.size() >= expected.size(), member::poll);
                Contract.expect("values", Member.inOrder(member.values()), expected);
            }
            return expected.size() + " records";
        });
    }

    static void staticMembers() throws Exception {
        String topic = Broker.topic("static", 4);
        Map<String, Member> members = new HashMap<>();
        Client.Work poll = () -> members.values().forEach(Member::poll);
        for (String name : List.of("a", "b")) members.put(name, new Member(topic, topic, Map.of("group.instance.id", name)));
        Contract.until("2 and 2", () -> members.values().stream().allMatch(member -> member.partitions.size() == 2), poll);
        var before = new TreeSet<>(members.get("b").partitions);
        var revoked = new TreeSet<>(members.get("a").revoked);
        members.remove("b").close();
        Contract.check("comes back to its partitions", () -> {
            Member again = new Member(topic, topic, Map.of("group.instance.id", "b"));
            members.put("b", again);
            Contract.until("2 again", () -> again.partitions.size() == 2, poll);
            Contract.expect("partitions", again.partitions, before);
            Contract.expect("revoked of the other", members.get("a").revoked, revoked);
        });
    }
}
