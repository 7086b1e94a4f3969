"""What many scenarios do with the broker."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, errors
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contract import BOOTSTRAP, PREFIX, failed, passed

BROKER = {"bootstrap_servers": BOOTSTRAP}


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
