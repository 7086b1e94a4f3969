import asyncio

from aiokafka import AIOKafkaConsumer

from broker import BROKER, check, until, with_admin, topic_of, send, member, committed
from contract import PREFIX, absent, ask_kill, expect, numbers


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
