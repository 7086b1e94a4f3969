from aiokafka import TopicPartition, errors

from broker import check, topic_of, producer, send_all, send, values_to, committed
from contract import PREFIX, expect, numbers


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
