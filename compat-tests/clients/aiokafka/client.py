"""aiokafka. What the scenarios are: ../scenarios.ts."""

import asyncio
import sys
import time

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

sys.path.append("../contract")
from contract import BOOTSTRAP, PREFIX, SCENARIO, absent, ask_kill, expect, failed, numbers, passed
from contract import restart as ask_restart

BROKER = {"bootstrap_servers": BOOTSTRAP}
BASE = 1_700_000_000_000


async def check(name, work):
    try:
        passed(name, await work())
    except Exception:
        failed(name)


async def until(what, is_true):
    deadline = time.time() + 60
    while not is_true():
        await asyncio.sleep(0.02)
        if time.time() > deadline:
            raise AssertionError(f"in vain: {what}")


async def with_admin(work):
    admin = AIOKafkaAdminClient(**BROKER)
    await admin.start()
    try:
        return await work(admin)
    finally:
        await admin.close()


async def topic_of(name, partitions=1, configs=None):
    topic = PREFIX + name
    response = await with_admin(lambda it: it.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs or {})]))
    if response.topic_errors[0][1]:
        raise errors.for_code(response.topic_errors[0][1])
    return topic


async def started(it):
    await it.start()
    return it


def producer(**options):
    return started(AIOKafkaProducer(**BROKER, **options))


async def send_all(it, topic, values, partition=0):
    sent = [await it.send(topic, value.encode(), partition=partition) for value in values]
    await asyncio.gather(*sent)


async def send(topic, values, partition=0, **options):
    it = await producer(**options)
    await send_all(it, topic, values, partition)
    await it.stop()


class Member(ConsumerRebalanceListener):
    """A consumer: what it has seen, its partitions, and how often they changed."""

    def __init__(self, topic, group=None, **options):
        self.seen, self.partitions, self.changes = [], set(), 0
        config = {"auto_offset_reset": "earliest", "group_id": group, **options}
        self.consumer = AIOKafkaConsumer(**BROKER, session_timeout_ms=6000, heartbeat_interval_ms=500, metadata_max_age_ms=1000, **config)
        self.consumer.subscribe([topic], listener=self)

    async def start(self):
        await self.consumer.start()
        self.task = asyncio.create_task(self.read())

    async def read(self):
        async for record in self.consumer:
            self.seen.append(record)

    async def on_partitions_assigned(self, assigned):
        self.partitions = {it.partition for it in assigned}
        self.changes += 1

    async def on_partitions_revoked(self, revoked):
        self.partitions = set()

    def values(self):
        return [it.value and it.value.decode() for it in self.seen]

    async def close(self):
        self.task.cancel()
        await self.consumer.stop()


async def member(topic, group=None, **options):
    return await started(Member(topic, group, **options))


async def read_to(topic, last, **options):
    """Reads until a value was seen; what was read after it would be too much."""
    it = await member(topic, **options)
    await until(f"{last} in {topic}", lambda: last in it.values())
    await it.close()
    return it


async def values_to(topic, last, **options):
    return (await read_to(topic, last, **options)).values()


async def committed(group, topic):
    offsets = await with_admin(lambda it: it.list_consumer_group_offsets(group))
    return [it.offset for partition, it in sorted(offsets.items()) if partition.topic == topic]


async def version():
    passed("version", aiokafka.__version__)


async def produce():
    kinds = [(codec, acks) for codec in [None, "gzip", "snappy", "lz4", "zstd"] for acks in [0, 1, "all"]]
    topic = await topic_of("codecs", len(kinds))
    for partition, (codec, acks) in enumerate(kinds):
        await send(topic, ["first"], partition)
        await send(topic, numbers(20), partition, compression_type=codec, acks=acks, linger_ms=20)
    reader = await member(topic)
    await until("all records", lambda: len(reader.seen) >= 21 * len(kinds))
    await reader.close()
    for partition, (codec, acks) in enumerate(kinds):
        values = [it.value.decode() for it in reader.seen if it.partition == partition]

        async def same():
            expect("values", values, ["first", *numbers(20)])

        await check(f"{codec or 'none'} acks={acks}", same)


async def values():
    topic, it = await topic_of("values"), await producer()
    headers = [("one", b"first"), ("two", b"a"), ("two", b"")]
    pairs = [(None, b"no key"), (b"no value", None), (b"", b""), (None, b"end")]
    await it.send_and_wait(topic, b"v", b"k", headers=headers, timestamp_ms=BASE)
    for key, value in pairs:
        await it.send_and_wait(topic, value, key)
    await it.stop()
    first, *others = (await read_to(topic, "end")).seen

    async def same():
        expect("headers", list(first.headers), headers)
        expect("timestamp", first.timestamp, BASE)
        expect("pairs", [(it.key, it.value) for it in others], pairs)

    await check("headers, timestamp, null and empty", same)


async def idempotent():
    async def work():
        topic = await topic_of("idempotent")
        await send(topic, numbers(1000), enable_idempotence=True, max_batch_size=200)
        expect("values", await values_to(topic, "999"), numbers(1000))

    await check("each once, in order", work)


async def begun(name):
    it = await producer(transactional_id=PREFIX + name)
    await it.begin_transaction()
    return it


async def transactions():
    topic, it = await topic_of("transactions"), await begun("tx")
    await send_all(it, topic, ["a0", "a1"])
    await it.abort_transaction()
    await it.begin_transaction()
    await send_all(it, topic, ["c0", "c1"])
    await it.commit_transaction()
    await it.stop()
    await send(topic, ["end"])

    async def read_committed():
        expect("values", await values_to(topic, "end", isolation_level="read_committed"), ["c0", "c1", "end"])

    async def read_uncommitted():
        expect("values", await values_to(topic, "end"), ["a0", "a1", "c0", "c1", "end"])

    async def copy():
        source, target = await topic_of("input"), await topic_of("output")
        await send(source, numbers(20))
        it = await begun("copy")
        for is_good in [False, True]:
            await send_all(it, target, await values_to(source, "19"))
            await it.send_offsets_to_transaction({TopicPartition(source, 0): 20}, source)
            if is_good:
                await it.commit_transaction()
            else:
                await it.abort_transaction()
                expect("offsets after the abort", await committed(source, source), [])
                await it.begin_transaction()
        await it.stop()
        await send(target, ["end"])
        expect("offsets", await committed(source, source), [20])
        expect("values", await values_to(target, "end", isolation_level="read_committed"), [*numbers(20), "end"])

    async def fence():
        old = await begun("fence")
        await send_all(old, topic, ["old"])
        young = await begun("fence")
        await send_all(young, topic, ["young"])
        try:
            await old.commit_transaction()
            raise AssertionError("the older one commits")
        except (errors.ProducerFenced, errors.InvalidProducerEpoch):
            await young.commit_transaction()
        expect("values", await values_to(topic, "young", isolation_level="read_committed"), ["c0", "c1", "end", "young"])

    await check("read_committed", read_committed)
    await check("read_uncommitted", read_uncommitted)
    await check("copy with offsets", copy)
    await check("an older producer is fenced", fence)


async def group():
    topic = await topic_of("group", 4)
    first = await member(topic, topic)
    await check("alone it has all partitions", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    second = await member(topic, topic)
    shared = lambda: len(first.partitions) == len(second.partitions) == 2 and not first.partitions & second.partitions
    await check("two share them", lambda: until("2 and 2", shared))

    async def each_once():
        for partition in range(4):
            await send(topic, numbers(10, partition * 10), partition)
        values = lambda: first.values() + second.values()
        await until("40 records", lambda: len(values()) >= 40)
        expect("values", sorted(values(), key=int), numbers(40))

    await check("each record goes to one of them", each_once)
    await second.close()
    await check("who stays has all again", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    await first.close()


async def crash():
    topic = await topic_of("crash", 2)
    for partition in range(2):
        await send(topic, numbers(50, partition * 50), partition)
    it = AIOKafkaConsumer(topic, **BROKER, group_id=topic, auto_offset_reset="earliest", enable_auto_commit=False, session_timeout_ms=6000)
    await it.start()
    for _ in range(40):
        await it.getone()
    await it.commit()
    for _ in range(20):
        await it.getone()
    ask_kill()
    await asyncio.sleep(60)


async def resume():
    topic = PREFIX + "crash"

    async def work():
        at = dict.fromkeys([0, 1], 0)
        offsets = await with_admin(lambda it: it.list_consumer_group_offsets(topic))
        at |= {partition.partition: it.offset for partition, it in offsets.items()}
        it = await member(topic, topic)
        await until("the rest", lambda: len(it.seen) >= 100 - sum(at.values()))
        await it.close()
        expected = [value for n in at for value in numbers(50 - at[n], n * 50 + at[n])]
        expect("values", sorted(it.values(), key=int), expected)
        return f"from offsets {at}"

    await check("resumes where the killed one had committed", work)


async def static():
    topic = await topic_of("static", 4)
    join = lambda name: member(topic, topic, group_instance_id=name)
    first, second = await join("a"), await join("b")
    await until("2 and 2", lambda: len(first.partitions) == len(second.partitions) == 2)
    before, changes = second.partitions, first.changes

    async def back():
        await second.close()
        again = await join("b")
        await until("2 again", lambda: len(again.partitions) == 2)
        expect("partitions", again.partitions, before)
        expect("changes of the other", first.changes, changes)
        await again.close()

    await check("comes back to its partitions", back)
    await first.close()


async def topics():
    topic = await topic_of("topics", 2, {"retention.ms": "1000000"})

    async def partitions():
        (described,) = await with_admin(lambda it: it.describe_topics([topic]))
        return len(described["partitions"])

    async def retention():
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": None})
        (response,) = await with_admin(lambda it: it.describe_configs([resource]))
        return response.resources[0][4][0][1]

    async def created():
        expect("partitions", await partitions(), 2)

    async def again():
        try:
            await topic_of("topics")
        except errors.TopicAlreadyExistsError:
            return
        raise AssertionError("it was created again")

    async def extended():
        await with_admin(lambda it: it.create_partitions({topic: NewPartitions(5)}))
        expect("partitions", await partitions(), 5)

    async def configs():
        expect("as created", await retention(), "1000000")
        resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "2000000"})
        await with_admin(lambda it: it.alter_configs([resource]))
        expect("altered", await retention(), "2000000")

    async def deleted():
        await with_admin(lambda it: it.delete_topics([topic]))
        expect("listed", topic in await with_admin(lambda it: it.list_topics()), False)

    for name, work in [("created", created), ("an existing one is not created", again), ("partitions are added", extended)]:
        await check(name, work)
    await check("configs", configs)
    await check("deleted", deleted)


async def groups():
    topic = await topic_of("groups")
    await send(topic, numbers(10))
    it = await member(topic, topic)
    await until("10 records", lambda: len(it.seen) == 10)

    async def described():
        (response,) = await with_admin(lambda it: it.describe_consumer_groups([topic]))
        expect("state and members", (response.groups[0][2], len(response.groups[0][5])), ("Stable", 1))

    async def listed():
        expect("listed", topic in [name for name, *_ in await with_admin(lambda it: it.list_consumer_groups())], True)

    async def offsets():
        expect("offsets", await committed(topic, topic), [10])

    await check("described", described)
    await it.close()
    await check("listed", listed)
    await check("offsets", offsets)
    absent("offsets altered and deleted, groups deleted", "aiokafka has none of it")


async def delete_records():
    topic = await topic_of("deleted")
    await send(topic, numbers(10))

    async def work():
        partition = TopicPartition(topic, 0)
        low = await with_admin(lambda it: it.delete_records({partition: RecordsToDelete(6)}))
        expect("low watermark", low, {partition: 6})
        expect("values", await values_to(topic, "9"), numbers(4, 6))

    await check("records are deleted", work)


async def times():
    topic, it = await topic_of("times"), await producer()
    for n in range(4):
        await it.send_and_wait(topic, b"", timestamp_ms=BASE + n * 1000)
    await it.stop()
    reader, partition = await started(AIOKafkaConsumer(**BROKER)), TopicPartition(topic, 0)

    async def at(time):
        found = (await reader.offsets_for_times({partition: time}))[partition]
        return found and found.offset

    async def work():
        expect("offsets", [await at(time) for time in [BASE + 2000, BASE + 1999, BASE + 4000]], [2, 2, None])
        ends = [await reader.beginning_offsets([partition]), await reader.end_offsets([partition])]
        expect("first and last", ends, [{partition: 0}, {partition: 4}])

    await check("the first record at or after a time, first and last", work)
    await reader.stop()


async def compacted():
    wanted = {n.encode(): b"new" for n in numbers(10)} | {b"last": b"end"}

    async def work():
        deadline = time.time() + 60
        while True:
            seen = (await read_to(PREFIX + "compacted", "end")).seen
            expect("values", {it.key: it.value for it in seen}, wanted)
            if len(seen) == len(wanted):
                return
            if time.time() > deadline:
                raise AssertionError("in vain: compaction")

    await check("read to the end", work)


async def restart():
    async def work():
        topic = await topic_of("restart")
        it, reader = await producer(enable_idempotence=True), await member(topic)
        sent, last, restarted = 0, 100, None
        while sent < last:
            await it.send_and_wait(topic, str(sent).encode())
            sent += 1
            if sent == 50:
                restarted = ask_restart()
            if not (restarted and restarted.is_set()):
                last = sent + 100
        await it.stop()
        await until("all records", lambda: len(reader.seen) >= sent)
        await reader.close()
        expect("read on", reader.values(), numbers(sent))
        expect("values", await values_to(topic, str(sent - 1)), numbers(sent))
        return f"{sent} records"

    await check("nothing lost, nothing twice", work)


async def not_there():
    absent(SCENARIO, "aiokafka has eager assignors and the classic protocol only")


SCENARIOS = {"delete-records": delete_records} | dict.fromkeys(["cooperative", "consumer-group", "consumer-crash"], not_there)
asyncio.run((SCENARIOS.get(SCENARIO) or globals()[SCENARIO])())
