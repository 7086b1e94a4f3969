import confluent_kafka as ck
from confluent_kafka import admin as ka

from broker import admin, result, topic_of, send, read_to
from contract import check, expect, numbers, until


def topics():
    topic = topic_of("topics", 2, {"retention.ms": "1000000"})
    resource = lambda **options: ka.ConfigResource("topic", topic, **options)
    retention = lambda: result(admin.describe_configs([resource()]))["retention.ms"].value
    partitions = lambda: len(result(admin.describe_topics(ck.TopicCollection([topic]))).partitions)
    check("created", lambda: expect("partitions", partitions(), 2))

    def again():
        try:
            topic_of("topics")
        except ck.KafkaException as error:
            return expect("error", error.args[0].code(), ck.KafkaError.TOPIC_ALREADY_EXISTS)
        raise AssertionError("it was created again")

    check("an existing one is not created", again)

    def extend():
        result(admin.create_partitions([ka.NewPartitions(topic, 5)]))
        expect("partitions", partitions(), 5)

    check("partitions are added", extend)

    def configs():
        expect("as created", retention(), "1000000")
        entry = ka.ConfigEntry("retention.ms", "2000000", incremental_operation=ka.AlterConfigOpType.SET)
        result(admin.incremental_alter_configs([resource(incremental_configs=[entry])]))
        expect("altered", retention(), "2000000")

    check("configs", configs)
    result(admin.delete_topics([topic]))
    check("deleted", lambda: until("it is gone", lambda: topic not in admin.list_topics().topics))


def delete_records():
    topic = topic_of("deleted")
    send(topic, numbers(10))

    def work():
        expect("low", result(admin.delete_records([ck.TopicPartition(topic, 0, 6)])).low_watermark, 6)
        expect("values", read_to(topic, "9").values(), numbers(4, 6))

    check("records are deleted", work)
