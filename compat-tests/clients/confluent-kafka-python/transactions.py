import confluent_kafka as ck

from broker import topic_of, producer, write, send, Member, read_to, committed
from contract import PREFIX, check, expect, numbers, until


def transactional(name):
    it = producer(**{"transactional.id": PREFIX + name})
    it.init_transactions(30)
    it.begin_transaction()
    return it


def copy():
    source, target, group = topic_of("input"), topic_of("output"), PREFIX + "copy"
    send(source, numbers(20))
    it = transactional("copy")
    for is_good in [False, True]:
        member = Member(source, group, **{"enable.auto.commit": False})
        until("the input", lambda: len(member.seen) >= 20, member.poll)
        write(it, target, member.values())
        it.flush()
        offsets = member.consumer.position(member.consumer.assignment())
        it.send_offsets_to_transaction(offsets, member.consumer.consumer_group_metadata())
        if is_good:
            it.commit_transaction()
        else:
            it.abort_transaction()
            expect("offsets after the abort", committed(group, source), [ck.OFFSET_INVALID])
            it.begin_transaction()
        member.close()
    send(target, ["end"])
    expect("offsets", committed(group, source), [20])
    expect("values", read_to(target, "end").values(), [*numbers(20), "end"])


def fence(topic):
    old = transactional("fence")
    write(old, topic, ["old"])
    old.flush()
    young = transactional("fence")
    write(young, topic, ["young"])
    try:
        old.commit_transaction()
        raise AssertionError("the older one commits")
    except ck.KafkaException as error:
        expect("the failure is fatal", error.args[0].fatal(), True)
    young.commit_transaction()
    expect("values", read_to(topic, "young").values(), ["c0", "c1", "end", "young"])


def transactions():
    topic, it = topic_of("transactions"), transactional("tx")
    write(it, topic, ["a0", "a1"])
    it.flush()
    it.abort_transaction()
    it.begin_transaction()
    write(it, topic, ["c0", "c1"])
    it.commit_transaction()
    send(topic, ["end"])
    read = lambda level: read_to(topic, "end", **{"isolation.level": level}).values()
    check("read_committed", lambda: expect("values", read("read_committed"), ["c0", "c1", "end"]))
    check("read_uncommitted", lambda: expect("values", read("read_uncommitted"), ["a0", "a1", "c0", "c1", "end"]))
    check("copy with offsets", copy)
    check("an older producer is fenced", lambda: fence(topic))
