from kafka import KafkaProducer, OffsetAndMetadata, TopicPartition, errors

from broker import BROKER, topic_of, send_all, send, Member, values_to, committed
from contract import PREFIX, check, expect, numbers, until


def begun(name):
    it = KafkaProducer(**BROKER, transactional_id=PREFIX + name)
    it.init_transactions()
    it.begin_transaction()
    return it


def copy():
    source, target = topic_of("input"), topic_of("output")
    send(source, numbers(20))
    it = begun("copy")
    for is_good in [False, True]:
        member = Member(source, source, enable_auto_commit=False)
        until("the input", lambda: len(member.seen) >= 20)
        send_all(it, target, member.values())
        offsets = {TopicPartition(source, 0): OffsetAndMetadata(20, "", -1)}
        it.send_offsets_to_transaction(offsets, member.consumer.group_metadata())
        if is_good:
            it.commit_transaction()
        else:
            it.abort_transaction()
            expect("offsets after the abort", committed(source, source), {})
            it.begin_transaction()
        member.close()
    send(target, ["end"])
    expect("offsets", committed(source, source), {0: 20})
    expect("values", values_to(target, "end", isolation_level="read_committed"), [*numbers(20), "end"])


def fence(topic):
    old = begun("fence")
    send_all(old, topic, ["old"])
    young = begun("fence")
    send_all(young, topic, ["young"])
    try:
        old.commit_transaction()
        raise AssertionError("the older one commits")
    except (errors.ProducerFencedError, errors.InvalidProducerEpochError):
        young.commit_transaction()
    expect("values", values_to(topic, "young", isolation_level="read_committed"), ["c0", "c1", "end", "young"])


def transactions():
    topic, it = topic_of("transactions"), begun("tx")
    send_all(it, topic, ["a0", "a1"])
    it.abort_transaction()
    it.begin_transaction()
    send_all(it, topic, ["c0", "c1"])
    it.commit_transaction()
    send(topic, ["end"])
    read = lambda level: values_to(topic, "end", isolation_level=level)
    check("read_committed", lambda: expect("values", read("read_committed"), ["c0", "c1", "end"]))
    check("read_uncommitted", lambda: expect("values", read("read_uncommitted"), ["a0", "a1", "c0", "c1", "end"]))
    check("copy with offsets", copy)
    check("an older producer is fenced", lambda: fence(topic))
