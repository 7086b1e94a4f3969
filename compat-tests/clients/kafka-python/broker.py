"""What many scenarios do with the broker."""

import threading
import time

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer

from contract import BOOTSTRAP, PREFIX, until

BROKER = {"bootstrap_servers": BOOTSTRAP}
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
