import time

from aiokafka import AIOKafkaConsumer, TopicPartition

from broker import BROKER, check, until, topic_of, started, producer, send, member, read_to, values_to
from contract import PREFIX, expect, numbers
from contract import restart as ask_restart

BASE = 1_700_000_000_000


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
