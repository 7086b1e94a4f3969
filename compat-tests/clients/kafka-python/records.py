import time

from kafka import KafkaProducer, TopicPartition
from kafka.admin import OffsetSpec

from broker import BROKER, admin, topic_of, send, Member, read_to, values_to
from contract import PREFIX, check, expect, numbers, until
from contract import restart as ask_restart

BASE = 1_700_000_000_000


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
