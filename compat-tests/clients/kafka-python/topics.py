from kafka import TopicPartition, errors
from kafka.admin import ConfigResource, ConfigResourceType

from broker import admin, topic_of, send, values_to
from contract import check, expect, numbers, until


def topics():
    topic = topic_of("topics", 2, {"retention.ms": "1000000"})
    resource = lambda configs: ConfigResource(ConfigResourceType.TOPIC, topic, configs)
    partitions = lambda: len(admin.describe_topics([topic])[0]["partitions"])

    def retention():
        (described,) = admin.describe_configs([resource({"retention.ms": None})]).values()
        return described[topic]["retention.ms"]["value"]

    def again():
        try:
            topic_of("topics")
        except errors.TopicAlreadyExistsError:
            return
        raise AssertionError("it was created again")

    def extend():
        admin.create_partitions({topic: 5})
        expect("partitions", partitions(), 5)

    def configs():
        expect("as created", retention(), "1000000")
        admin.alter_configs([resource({"retention.ms": "2000000"})])
        expect("altered", retention(), "2000000")

    check("created", lambda: expect("partitions", partitions(), 2))
    check("an existing one is not created", again)
    check("partitions are added", extend)
    check("configs", configs)
    admin.delete_topics([topic])
    check("deleted", lambda: until("it is gone", lambda: topic not in admin.list_topics()))


def delete_records():
    topic = topic_of("deleted")
    send(topic, numbers(10))

    def work():
        partition = TopicPartition(topic, 0)
        expect("low watermark", admin.delete_records({partition: 6})[partition]["low_watermark"], 6)
        expect("values", values_to(topic, "9"), numbers(4, 6))

    check("records are deleted", work)
