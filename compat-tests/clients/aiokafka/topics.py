from aiokafka import TopicPartition, errors
from aiokafka.admin import NewPartitions, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from broker import check, with_admin, topic_of, send, values_to
from contract import expect, numbers


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


async def delete_records():
    topic = await topic_of("deleted")
    await send(topic, numbers(10))

    async def work():
        partition = TopicPartition(topic, 0)
        low = await with_admin(lambda it: it.delete_records({partition: RecordsToDelete(6)}))
        expect("low watermark", low, {partition: 6})
        expect("values", await values_to(topic, "9"), numbers(4, 6))

    await check("records are deleted", work)
