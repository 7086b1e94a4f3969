"""kafka-python. What the scenarios are: ../scenarios.ts."""

import sys
import threading
import time

import kafka
from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition, errors
from kafka.admin import ConfigResource, ConfigResourceType, OffsetSpec
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor

sys.path.append("../contract")
from contract import BOOTSTRAP, PREFIX, SCENARIO, absent, ask_kill, check, expect, numbers, until
from contract import restart as ask_restart

BROKER = {"bootstrap_servers": BOOTSTRAP}
BASE = 1_700_000_000_000
admin = KafkaAdminClient(**BROKER)


def topic_of(name, partitions=1, configs=None):
    topic = PREFIX + name
    admin.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1, "configs": configs or {}}})
    return topic


def send_all(it, topic, values, partition=0):
    sent = [it.send(topic, value.encode(), partition=partition) for value in values]
    it.flush()
    for future in sent:
        future.get(timeout=30)


def send(topic, values, partition=0, **options):
    it = KafkaProducer(**BROKER, **options)
    send_all(it, topic, values, partition)
    it.close()


class Member(ConsumerRebalanceListener):
    """A consumer on a thread of its own: what it has seen, its partitions, and those that were taken from it."""

    def __init__(self, topic, group=None, **options):
        self.seen, self.partitions, self.revoked, self.is_closing = [], set(), set(), False
        config = {"auto_offset_reset": "earliest", "group_id": group or f"{topic}-{time.time()}", **options}
        self.consumer = KafkaConsumer(**BROKER, session_timeout_ms=6000, heartbeat_interval_ms=500, **config)
        self.consumer.subscribe([topic], listener=self)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def on_partitions_assigned(self, assigned):
        self.partitions |= {it.partition for it in assigned}

    def on_partitions_revoked(self, revoked):
        self.partitions -= {it.partition for it in revoked}
        self.revoked |= {it.partition for it in revoked}

    def run(self):
        # A short poll may end between an assignment and its taking effect, which is then lost.
        while not self.is_closing:
            for records in self.consumer.poll(1000).values():
                self.seen += records
        self.consumer.close()

    def values(self):
        return [it.value and it.value.decode() for it in self.seen]

    def close(self):
        self.is_closing = True
        self.thread.join()


def read_to(topic, last, **options):
    """Reads until a value was seen; what was read after it would be too much."""
    it = Member(topic, **options)
    until(f"{last} in {topic}", lambda: last in it.values())
    it.close()
    return it.seen


def values_to(topic, last, **options):
    return [it.value.decode() for it in read_to(topic, last, **options)]


def committed(group, topic):
    offsets = admin.list_group_offsets([group])[group]
    return {partition.partition: it.offset for partition, it in offsets.items() if partition.topic == topic}


def version():
    check("version", lambda: kafka.__version__)


def produce():
    kinds = [(codec, acks) for codec in [None, "gzip", "snappy", "lz4", "zstd"] for acks in [0, 1, "all"]]
    topic = topic_of("codecs", len(kinds))
    for partition, (codec, acks) in enumerate(kinds):
        send(topic, ["first"], partition)
        send(topic, numbers(20), partition, compression_type=codec, acks=acks, enable_idempotence=False, linger_ms=20)
    reader = Member(topic)
    until("all records", lambda: len(reader.seen) >= 21 * len(kinds))
    reader.close()
    for partition, (codec, acks) in enumerate(kinds):
        values = [it.value.decode() for it in reader.seen if it.partition == partition]
        check(f"{codec or 'none'} acks={acks}", lambda: expect("values", values, ["first", *numbers(20)]))


def values():
    topic, it = topic_of("values"), KafkaProducer(**BROKER)
    headers = [("one", b"first"), ("two", b"a"), ("two", b"")]
    pairs = [(None, b"no key"), (b"no value", None), (b"", b""), (None, b"end")]
    it.send(topic, b"v", b"k", headers=headers, timestamp_ms=BASE)
    for key, value in pairs:
        it.send(topic, value, key)
    it.close()
    first, *others = read_to(topic, "end")
    check("headers", lambda: expect("headers", list(map(tuple, first.headers)), headers))
    check("timestamp", lambda: expect("timestamp", first.timestamp, BASE))
    check("null and empty", lambda: expect("pairs", [(it.key, it.value) for it in others], pairs))


def idempotent():
    topic = topic_of("idempotent")
    send(topic, numbers(1000), enable_idempotence=True, batch_size=200)
    check("each once, in order", lambda: expect("values", values_to(topic, "999"), numbers(1000)))


def begun(name):
    it = KafkaProducer(**BROKER, transactional_id=PREFIX + name)
    it.init_transactions()
    it.begin_transaction()
    return it


def copy():
    source, target = topic_of("input"), topic_of("output")
    send(source, numbers(20))
    it = begun("copy")
    for is_good in [False, True]:
        member = Member(source, source, enable_auto_commit=False)
        until("the input", lambda: len(member.seen) >= 20)
        send_all(it, target, member.values())
        offsets = {TopicPartition(source, 0): OffsetAndMetadata(20, "", -1)}
        it.send_offsets_to_transaction(offsets, member.consumer.group_metadata())
        if is_good:
            it.commit_transaction()
        else:
            it.abort_transaction()
            expect("offsets after the abort", committed(source, source), {})
            it.begin_transaction()
        member.close()
    send(target, ["end"])
    expect("offsets", committed(source, source), {0: 20})
    expect("values", values_to(target, "end", isolation_level="read_committed"), [*numbers(20), "end"])


def fence(topic):
    old = begun("fence")
    send_all(old, topic, ["old"])
    young = begun("fence")
    send_all(young, topic, ["young"])
    try:
        old.commit_transaction()
        raise AssertionError("the older one commits")
    except (errors.ProducerFencedError, errors.InvalidProducerEpochError):
        young.commit_transaction()
    expect("values", values_to(topic, "young", isolation_level="read_committed"), ["c0", "c1", "end", "young"])


def transactions():
    topic, it = topic_of("transactions"), begun("tx")
    send_all(it, topic, ["a0", "a1"])
    it.abort_transaction()
    it.begin_transaction()
    send_all(it, topic, ["c0", "c1"])
    it.commit_transaction()
    send(topic, ["end"])
    read = lambda level: values_to(topic, "end", isolation_level=level)
    check("read_committed", lambda: expect("values", read("read_committed"), ["c0", "c1", "end"]))
    check("read_uncommitted", lambda: expect("values", read("read_uncommitted"), ["a0", "a1", "c0", "c1", "end"]))
    check("copy with offsets", copy)
    check("an older producer is fenced", lambda: fence(topic))


def group(name="group", keeps=False, **options):
    topic = topic_of(name, 4)
    members = [Member(topic, topic, **options)]
    first = members[0]
    check("alone it has all partitions", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    members.append(Member(topic, topic, **options))
    second = members[1]
    shared = lambda: len(first.partitions) == len(second.partitions) == 2 and not first.partitions & second.partitions
    check("two share them", lambda: until("2 and 2", shared))
    if keeps:
        check("what stays was not revoked", lambda: expect("revoked", first.revoked, second.partitions))

    def each_once():
        for partition in range(4):
            send(topic, numbers(10, partition * 10), partition)
        values = lambda: first.values() + second.values()
        until("40 records", lambda: len(values()) >= 40)
        expect("values", sorted(values(), key=int), numbers(40))

    check("each record goes to one of them", each_once)
    members.pop().close()
    check("who stays has all again", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    first.close()


def crash():
    topic = topic_of("crash", 2)
    for partition in range(2):
        send(topic, numbers(50, partition * 50), partition)
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False, "session_timeout_ms": 6000, "max_poll_records": 20}
    consumer, seen = KafkaConsumer(topic, **BROKER, group_id=topic, **options), 0
    while seen < 40:
        seen += sum(map(len, consumer.poll(1000).values()))
    consumer.commit()
    while seen < 60:
        seen += sum(map(len, consumer.poll(1000).values()))
    ask_kill()
    while True:
        consumer.poll(1000)


def resume():
    topic = PREFIX + "crash"

    def work():
        at = dict.fromkeys([0, 1], 0) | committed(topic, topic)
        member = Member(topic, topic)
        until("the rest", lambda: len(member.seen) >= 100 - sum(at.values()))
        member.close()
        expected = [value for n in at for value in numbers(50 - at[n], n * 50 + at[n])]
        expect("values", sorted(member.values(), key=int), expected)
        return f"from offsets {at}"

    check("resumes where the killed one had committed", work)


def static():
    topic = topic_of("static", 4)
    join = lambda name: Member(topic, topic, group_instance_id=name)
    members = {name: join(name) for name in ["a", "b"]}
    until("2 and 2", lambda: all(len(it.partitions) == 2 for it in members.values()))
    before = members["b"].partitions.copy()
    members["a"].revoked.clear()

    def back():
        members.pop("b").close()
        members["b"] = join("b")
        until("2 again", lambda: len(members["b"].partitions) == 2)
        expect("partitions", members["b"].partitions, before)
        expect("revoked of the other", members["a"].revoked, set())

    check("comes back to its partitions", back)


def topics():
    topic = topic_of("topics", 2, {"retention.ms": "1000000"})
    resource = lambda configs: ConfigResource(ConfigResourceType.TOPIC, topic, configs)
    partitions = lambda: len(admin.describe_topics([topic])[0]["partitions"])

    def retention():
        (described,) = admin.describe_configs([resource({"retention.ms": None})]).values()
        return described[topic]["retention.ms"]["value"]

    def again():
        try:
            topic_of("topics")
        except errors.TopicAlreadyExistsError:
            return
        raise AssertionError("it was created again")

    def extend():
        admin.create_partitions({topic: 5})
        expect("partitions", partitions(), 5)

    def configs():
        expect("as created", retention(), "1000000")
        admin.alter_configs([resource({"retention.ms": "2000000"})])
        expect("altered", retention(), "2000000")

    check("created", lambda: expect("partitions", partitions(), 2))
    check("an existing one is not created", again)
    check("partitions are added", extend)
    check("configs", configs)
    admin.delete_topics([topic])
    check("deleted", lambda: until("it is gone", lambda: topic not in admin.list_topics()))


def groups():
    topic = topic_of("groups")
    send(topic, numbers(10))
    member = Member(topic, topic)
    until("10 records", lambda: len(member.seen) == 10)
    described = lambda: admin.describe_groups([topic])[topic]
    listed = lambda: topic in [it["group_id"] for it in admin.list_groups()]
    check("described", lambda: expect("state", (described()["group_state"], len(described()["members"])), ("Stable", 1)))
    member.close()
    check("listed", lambda: expect("listed", listed(), True))
    check("offsets", lambda: expect("offsets", committed(topic, topic), {0: 10}))

    def alter():
        admin.alter_group_offsets(topic, {TopicPartition(topic, 0): OffsetAndMetadata(4, "", -1)})
        expect("offsets", committed(topic, topic), {0: 4})

    def delete_offsets():
        admin.delete_group_offsets(topic, [TopicPartition(topic, 0)])
        expect("offsets", committed(topic, topic), {})

    check("offsets altered", alter)
    check("offsets deleted", delete_offsets)
    admin.delete_groups([topic])
    check("deleted", lambda: expect("listed", listed(), False))


def delete_records():
    topic = topic_of("deleted")
    send(topic, numbers(10))

    def work():
        partition = TopicPartition(topic, 0)
        expect("low watermark", admin.delete_records({partition: 6})[partition]["low_watermark"], 6)
        expect("values", values_to(topic, "9"), numbers(4, 6))

    check("records are deleted", work)


def times():
    topic, it = topic_of("times"), KafkaProducer(**BROKER)
    for n in range(4):
        it.send(topic, str(n).encode(), timestamp_ms=BASE + n * 1000)
    it.close()
    partition = TopicPartition(topic, 0)
    at = lambda spec: admin.list_partition_offsets({partition: spec})[partition].offset
    times = [BASE + 2000, BASE + 1999, BASE + 4000]
    check("the first record at or after a time", lambda: expect("offsets", [at(time) for time in times], [2, 2, -1]))
    specs = [OffsetSpec.EARLIEST, OffsetSpec.LATEST, OffsetSpec.MAX_TIMESTAMP]
    check("first, last, newest", lambda: expect("offsets", [at(spec) for spec in specs], [0, 4, 3]))


def compacted():
    wanted = {n.encode(): b"new" for n in numbers(10)} | {b"last": b"end"}

    def read():
        seen = read_to(PREFIX + "compacted", "end")
        expect("values", {it.key: it.value for it in seen}, wanted)
        return len(seen) == len(wanted)

    check("read to the end", lambda: until("compaction", read))


def restart():
    topic = topic_of("restart")

    def work():
        it, reader = KafkaProducer(**BROKER, enable_idempotence=True), Member(topic)
        sent, last, restarted = 0, 100, None
        while sent < last:
            it.send(topic, str(sent).encode(), partition=0)
            time.sleep(0.002)
            sent += 1
            if sent == 50:
                restarted = ask_restart()
            if not (restarted and restarted.is_set()):
                last = sent + 100
        it.flush()
        it.close()
        until("all records", lambda: len(reader.seen) >= sent)
        reader.close()
        expect("values", values_to(topic, str(sent - 1)), numbers(sent))
        return f"{sent} records"

    check("nothing lost, nothing twice", work)


def not_there():
    absent("group.protocol=consumer", "kafka-python has the classic protocol only")


STICKY = {"partition_assignment_strategy": [CooperativeStickyAssignor]}
SCENARIOS = {
    "cooperative": lambda: group("cooperative", True, **STICKY),
    "consumer-group": not_there,
    "consumer-crash": not_there,
    "delete-records": delete_records,
}
(SCENARIOS.get(SCENARIO) or globals()[SCENARIO])()
