import time

import confluent_kafka as ck
from confluent_kafka import admin as ka

from broker import admin, result, topic_of, producer, write, send, Member, read_to
from contract import PREFIX, check, expect, numbers, until
from contract import restart as ask_restart


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


def offset_at(topic, spec):
    return result(admin.list_offsets({ck.TopicPartition(topic, 0): spec})).offset


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
            write(it, topic, [str(sent)])
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
