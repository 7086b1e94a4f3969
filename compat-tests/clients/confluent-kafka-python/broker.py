"""What many scenarios do with the broker."""

import time

import confluent_kafka as ck
from confluent_kafka import admin as ka

from contract import BOOTSTRAP, PREFIX, until

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


def write(it, topic, values, partition=0, **options):
    for value in values:
        on_delivery = lambda error, _: error and failed(error)
        it.produce(topic, value, partition=partition, on_delivery=on_delivery, **options)


def send(topic, values, partition=0, **options):
    it = producer(**options)
    write(it, topic, values, partition)
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
