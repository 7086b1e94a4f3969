"""confluent-kafka. What the scenarios are: ../scenarios.ts. How a program speaks with its runner: ../scenario-run.ts."""

import sys
import time

import confluent_kafka as ck
from confluent_kafka import admin as ka

sys.path.append("../contract")
from contract import BOOTSTRAP, PREFIX, SCENARIO, absent, ask_kill, check, expect, numbers, until
from contract import restart as ask_restart

admin = ka.AdminClient({"bootstrap.servers": BOOTSTRAP})


def result(futures):
    """The one result of an admin call."""
    (future,) = futures.values()
    return future.result(30)


def topic_of(name, partitions=1, config=None):
    topic = PREFIX + name
    result(admin.create_topics([ka.NewTopic(topic, partitions, 1, config=config or {})]))
    return topic


def failed(error):
    raise ck.KafkaException(error)


def producer(**options):
    return ck.Producer({"bootstrap.servers": BOOTSTRAP, "error_cb": lambda _: None, **options})


def produce(it, topic, values, partition=0, **options):
    for value in values:
        on_delivery = lambda error, _: error and failed(error)
        it.produce(topic, value, partition=partition, on_delivery=on_delivery, **options)


def send(topic, values, partition=0, **options):
    it = producer(**options)
    produce(it, topic, values, partition)
    it.flush()


class Member:
    """A consumer: `seen` are the messages that it got, `partitions` what it has, `revoked` what was taken from it."""

    def __init__(self, topic, group=None, **options):
        self.seen, self.partitions, self.revoked, self.closed = [], set(), set(), False
        config = {"bootstrap.servers": BOOTSTRAP, "group.id": group or f"{topic}-{time.time()}", "error_cb": lambda _: None}
        config |= {"auto.offset.reset": "earliest", **options}
        if config.get("group.protocol") != "consumer":
            config |= {"session.timeout.ms": 6000, "heartbeat.interval.ms": 500}
        self.consumer = ck.Consumer(config)
        self.is_incremental = "cooperative" in config.get("partition.assignment.strategy", "") or "group.protocol" in config
        self.consumer.subscribe([topic], on_assign=self.on_assign, on_revoke=self.on_revoke, on_lost=self.on_revoke)

    def on_assign(self, consumer, partitions):
        self.partitions |= {it.partition for it in partitions}
        (consumer.incremental_assign if self.is_incremental else consumer.assign)(partitions)

    def on_revoke(self, consumer, partitions):
        self.partitions -= {it.partition for it in partitions}
        self.revoked |= {it.partition for it in partitions}
        consumer.incremental_unassign(partitions) if self.is_incremental else consumer.unassign()

    def poll(self, timeout=0.05):
        message = self.consumer.poll(timeout)
        # An empty message counts as false.
        if message is not None and message.error():
            failed(message.error())
        if message is not None:
            self.seen.append(message)
        return message

    def values(self):
        return [it.value() and it.value().decode() for it in self.seen]

    def close(self):
        self.consumer.close()


def read_to(topic, last, **options):
    """Reads until a value was seen; what was read after it would be too much."""
    it = Member(topic, **options)
    until(f"{last} in {topic}", lambda: it.seen and it.values()[-1] == last, it.poll)
    it.close()
    return it


def committed(group, topic, partitions=1):
    asked = ck.ConsumerGroupTopicPartitions(group, [ck.TopicPartition(topic, n) for n in range(partitions)])
    return [it.offset for it in result(admin.list_consumer_group_offsets([asked])).topic_partitions]


def version():
    check("version", lambda: f"{ck.version()} (librdkafka {ck.libversion()[0]})")


def produce_all():
    kinds = [(codec, acks) for codec in ["none", "gzip", "snappy", "lz4", "zstd"] for acks in [0, 1, "all"]]
    topic = topic_of("codecs", len(kinds))
    for partition, (codec, acks) in enumerate(kinds):
        send(topic, ["first"], partition)
        send(topic, numbers(20), partition, **{"compression.type": codec, "acks": acks, "linger.ms": 50})
    reader = Member(topic)
    until("all records", lambda: len(reader.seen) >= 21 * len(kinds), reader.poll)
    reader.close()
    for partition, (codec, acks) in enumerate(kinds):
        values = [it.value().decode() for it in reader.seen if it.partition() == partition]
        check(f"{codec} acks={acks}", lambda: expect("values", values, ["first", *numbers(20)]))


def values():
    topic, it = topic_of("values"), producer()
    headers = [("one", b"first"), ("two", b"a"), ("two", b"b"), ("none", None)]
    it.produce(topic, "v", "k", headers=headers, timestamp=1_700_000_000_000)
    pairs = [(None, b"no key"), (b"no value", None), (b"", b""), (None, b"end")]
    for key, value in pairs:
        it.produce(topic, value, key)
    it.flush()
    first, *others = read_to(topic, "end").seen
    check("headers", lambda: expect("headers", first.headers(), headers))
    check("timestamp", lambda: expect("timestamp", first.timestamp()[1], 1_700_000_000_000))
    check("null and empty", lambda: expect("pairs", [(it.key(), it.value()) for it in others], pairs))


def idempotent():
    topic = topic_of("idempotent")
    send(topic, numbers(1000), **{"enable.idempotence": True, "batch.num.messages": 20})
    check("each once, in order", lambda: expect("values", read_to(topic, "999").values(), numbers(1000)))


def transactional(name):
    it = producer(**{"transactional.id": PREFIX + name})
    it.init_transactions(30)
    it.begin_transaction()
    return it


def copy():
    source, target, group = topic_of("input"), topic_of("output"), PREFIX + "copy"
    send(source, numbers(20))
    it = transactional("copy")
    for is_good in [False, True]:
        member = Member(source, group, **{"enable.auto.commit": False})
        until("the input", lambda: len(member.seen) >= 20, member.poll)
        produce(it, target, member.values())
        it.flush()
        offsets = member.consumer.position(member.consumer.assignment())
        it.send_offsets_to_transaction(offsets, member.consumer.consumer_group_metadata())
        if is_good:
            it.commit_transaction()
        else:
            it.abort_transaction()
            expect("offsets after the abort", committed(group, source), [ck.OFFSET_INVALID])
            it.begin_transaction()
        member.close()
    send(target, ["end"])
    expect("offsets", committed(group, source), [20])
    expect("values", read_to(target, "end").values(), [*numbers(20), "end"])


def fence(topic):
    old = transactional("fence")
    produce(old, topic, ["old"])
    old.flush()
    young = transactional("fence")
    produce(young, topic, ["young"])
    try:
        old.commit_transaction()
        raise AssertionError("the older one commits")
    except ck.KafkaException as error:
        expect("the failure is fatal", error.args[0].fatal(), True)
    young.commit_transaction()
    expect("values", read_to(topic, "young").values(), ["c0", "c1", "end", "young"])


def transactions():
    topic, it = topic_of("transactions"), transactional("tx")
    produce(it, topic, ["a0", "a1"])
    it.flush()
    it.abort_transaction()
    it.begin_transaction()
    produce(it, topic, ["c0", "c1"])
    it.commit_transaction()
    send(topic, ["end"])
    read = lambda level: read_to(topic, "end", **{"isolation.level": level}).values()
    check("read_committed", lambda: expect("values", read("read_committed"), ["c0", "c1", "end"]))
    check("read_uncommitted", lambda: expect("values", read("read_uncommitted"), ["a0", "a1", "c0", "c1", "end"]))
    check("copy with offsets", copy)
    check("an older producer is fenced", lambda: fence(topic))


def group(name="group", keeps=False, **options):
    topic = topic_of(name, 4)
    members = [Member(topic, topic, **options)]
    first = members[0]
    poll = lambda: [it.poll(0.02) for it in members]
    check("alone it has all partitions", lambda: until("4 partitions", lambda: len(first.partitions) == 4, poll))
    members.append(Member(topic, topic, **options))
    second = members[1]
    shared = lambda: sorted(map(len, [first.partitions, second.partitions])) == [2, 2] and not first.partitions & second.partitions
    check("two share them", lambda: until("2 and 2", shared, poll))
    if keeps:
        check("what stays was not revoked", lambda: expect("revoked", first.revoked, second.partitions))

    def each_once():
        for partition in range(4):
            send(topic, numbers(10, partition * 10), partition)
        values = lambda: first.values() + second.values()
        until("40 records", lambda: len(values()) >= 40, poll)
        expect("values", sorted(values(), key=int), numbers(40))

    check("each record goes to one of them", each_once)
    members.pop().close()
    check("who stays has all again", lambda: until("4 partitions", lambda: len(first.partitions) == 4, poll))
    first.close()


def crash(name="crash", **options):
    topic = topic_of(name, 2)
    for partition in range(2):
        send(topic, numbers(50, partition * 50), partition)
    member = Member(topic, topic, **{"enable.auto.commit": False}, **options)
    until("40 records", lambda: len(member.seen) >= 40, member.poll)
    member.consumer.commit(asynchronous=False)
    until("some that are not committed", lambda: len(member.seen) >= 60, member.poll)
    ask_kill()
    until("the end", lambda: False, member.poll)


def resume(name="crash", **options):
    topic = PREFIX + name
    at = [max(0, offset) for offset in committed(topic, topic, 2)]

    def rest():
        member = Member(topic, topic, **options)
        until("the rest", lambda: len(member.seen) >= 100 - sum(at), member.poll)
        member.close()
        expected = [value for n in range(2) for value in numbers(50 - at[n], n * 50 + at[n])]
        expect("values", sorted(member.values(), key=int), expected)
        return f"from offsets {at}"

    check("resumes where the killed one had committed", rest)


def static():
    topic = topic_of("static", 4)
    join = lambda name: Member(topic, topic, **{"group.instance.id": name})
    members = {name: join(name) for name in ["a", "b"]}
    poll = lambda: [it.poll(0.02) for it in members.values()]
    until("2 and 2", lambda: all(len(it.partitions) == 2 for it in members.values()), poll)
    before = members["b"].partitions.copy()
    members["a"].revoked.clear()

    def back():
        members.pop("b").close()
        members["b"] = join("b")
        until("2 again", lambda: len(members["b"].partitions) == 2, poll)
        expect("partitions", members["b"].partitions, before)
        expect("revoked of the other", members["a"].revoked, set())

    check("comes back to its partitions", back)
    for it in members.values():
        it.close()


def topics():
    topic = topic_of("topics", 2, {"retention.ms": "1000000"})
    resource = lambda **options: ka.ConfigResource("topic", topic, **options)
    retention = lambda: result(admin.describe_configs([resource()]))["retention.ms"].value
    partitions = lambda: len(result(admin.describe_topics(ck.TopicCollection([topic]))).partitions)
    check("created", lambda: expect("partitions", partitions(), 2))

    def again():
        try:
            topic_of("topics")
        except ck.KafkaException as error:
            return expect("error", error.args[0].code(), ck.KafkaError.TOPIC_ALREADY_EXISTS)
        raise AssertionError("it was created again")

    check("an existing one is not created", again)

    def extend():
        result(admin.create_partitions([ka.NewPartitions(topic, 5)]))
        expect("partitions", partitions(), 5)

    check("partitions are added", extend)

    def configs():
        expect("as created", retention(), "1000000")
        entry = ka.ConfigEntry("retention.ms", "2000000", incremental_operation=ka.AlterConfigOpType.SET)
        result(admin.incremental_alter_configs([resource(incremental_configs=[entry])]))
        expect("altered", retention(), "2000000")

    check("configs", configs)
    result(admin.delete_topics([topic]))
    check("deleted", lambda: until("it is gone", lambda: topic not in admin.list_topics().topics))


def groups():
    topic = topic_of("groups")
    send(topic, numbers(10))
    member = read_to(topic, "9", group=topic)
    described = lambda: result(admin.describe_consumer_groups([topic]))
    listed = lambda: topic in [it.group_id for it in admin.list_consumer_groups().result(30).valid]
    check("described", lambda: expect("state", (described().state.name, len(described().members)), ("EMPTY", 0)))
    check("listed", lambda: expect("listed", listed(), True))
    check("offsets", lambda: expect("offsets", committed(topic, topic), [10]))

    def alter():
        wanted = ck.ConsumerGroupTopicPartitions(topic, [ck.TopicPartition(topic, 0, 4)])
        result(admin.alter_consumer_group_offsets([wanted]))
        expect("offsets", committed(topic, topic), [4])

    check("offsets altered", alter)
    absent("offsets deleted", "confluent-kafka has no OffsetDelete")
    result(admin.delete_consumer_groups([topic]))
    check("deleted", lambda: expect("listed", listed(), False))


def offset_at(topic, spec):
    return result(admin.list_offsets({ck.TopicPartition(topic, 0): spec})).offset


def delete_records():
    topic = topic_of("deleted")
    send(topic, numbers(10))

    def work():
        expect("low", result(admin.delete_records([ck.TopicPartition(topic, 0, 6)])).low_watermark, 6)
        expect("values", read_to(topic, "9").values(), numbers(4, 6))

    check("records are deleted", work)


def times():
    topic, it, base = topic_of("times"), producer(), 1_700_000_000_000
    for n in range(4):
        it.produce(topic, str(n), timestamp=base + n * 1000)
    it.flush()
    at = lambda time: offset_at(topic, ka.OffsetSpec.for_timestamp(time))
    asked = [base + 2000, base + 1999, base + 4000]
    check("the first record at or after a time", lambda: expect("offsets", [at(time) for time in asked], [2, 2, -1]))
    specs = [ka.OffsetSpec.earliest(), ka.OffsetSpec.latest(), ka.OffsetSpec.max_timestamp()]
    check("first, last, newest", lambda: expect("offsets", [offset_at(topic, spec) for spec in specs], [0, 4, 3]))


def compacted():
    topic = PREFIX + "compacted"

    def read():
        seen = read_to(topic, "end").seen
        expect("values", {it.key(): it.value() for it in seen}, {n.encode(): b"new" for n in numbers(10)} | {b"last": b"end"})
        return len(seen) == 11

    check("read to the end", lambda: until("compaction", read))


def restart():
    topic = topic_of("restart")

    def work():
        it, reader = producer(**{"enable.idempotence": True, "linger.ms": 0}), Member(topic)
        sent, last, restarted = 0, 100, None
        while sent < last:
            produce(it, topic, [str(sent)])
            it.poll(0)
            reader.poll(0.001)
            time.sleep(0.002)
            sent += 1
            if sent == 50:
                restarted = ask_restart()
            if not (restarted and restarted.is_set()):
                last = sent + 100
        it.flush()
        until("all records", lambda: len(reader.seen) >= sent, reader.poll)
        reader.close()
        expect("values", read_to(topic, str(sent - 1)).values(), numbers(sent))
        return f"{sent} records"

    check("nothing lost, nothing twice", work)


NEW = {"group.protocol": "consumer"}
SCENARIOS = {
    "produce": produce_all,
    "consumer-group": lambda: group("consumer-group", **NEW),
    "consumer-crash": lambda: crash("consumer-crash", **NEW),
    "consumer-resume": lambda: resume("consumer-crash", **NEW),
    "cooperative": lambda: group("cooperative", True, **{"partition.assignment.strategy": "cooperative-sticky"}),
    "delete-records": delete_records,
}
(SCENARIOS.get(SCENARIO) or globals()[SCENARIO])()
