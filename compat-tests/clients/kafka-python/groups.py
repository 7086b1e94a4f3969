from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from broker import BROKER, admin, topic_of, send, Member, committed
from contract import PREFIX, ask_kill, check, expect, numbers, until


def group(name="group", keeps=False, **options):
    topic = topic_of(name, 4)
    members = [Member(topic, topic, **options)]
    first = members[0]
    check("alone it has all partitions", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    members.append(Member(topic, topic, **options))
    second = members[1]
    shared = lambda: len(first.partitions) == len(second.partitions) == 2 and not first.partitions & second.partitions
    check("two share them", lambda: until("2 and 2", shared))
    if keeps:
        check("what stays was not revoked", lambda: expect("revoked", first.revoked, second.partitions))

    def each_once():
        for partition in range(4):
            send(topic, numbers(10, partition * 10), partition)
        values = lambda: first.values() + second.values()
        until("40 records", lambda: len(values()) >= 40)
        expect("values", sorted(values(), key=int), numbers(40))

    check("each record goes to one of them", each_once)
    members.pop().close()
    check("who stays has all again", lambda: until("4 partitions", lambda: len(first.partitions) == 4))
    first.close()


def crash():
    topic = topic_of("crash", 2)
    for partition in range(2):
        send(topic, numbers(50, partition * 50), partition)
    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False, "session_timeout_ms": 6000, "max_poll_records": 20}
    consumer, seen = KafkaConsumer(topic, **BROKER, group_id=topic, **options), 0
    while seen < 40:
        seen += sum(map(len, consumer.poll(1000).values()))
    consumer.commit()
    while seen < 60:
        seen += sum(map(len, consumer.poll(1000).values()))
    ask_kill()
    while True:
        consumer.poll(1000)


def resume():
    topic = PREFIX + "crash"

    def work():
        at = dict.fromkeys([0, 1], 0) | committed(topic, topic)
        member = Member(topic, topic)
        until("the rest", lambda: len(member.seen) >= 100 - sum(at.values()))
        member.close()
        expected = [value for n in at for value in numbers(50 - at[n], n * 50 + at[n])]
        expect("values", sorted(member.values(), key=int), expected)
        return f"from offsets {at}"

    check("resumes where the killed one had committed", work)


def static():
    topic = topic_of("static", 4)
    join = lambda name: Member(topic, topic, group_instance_id=name)
    members = {name: join(name) for name in ["a", "b"]}
    until("2 and 2", lambda: all(len(it.partitions) == 2 for it in members.values()))
    before = members["b"].partitions.copy()
    members["a"].revoked.clear()

    def back():
        members.pop("b").close()
        members["b"] = join("b")
        until("2 again", lambda: len(members["b"].partitions) == 2)
        expect("partitions", members["b"].partitions, before)
        expect("revoked of the other", members["a"].revoked, set())

    check("comes back to its partitions", back)


def groups():
    topic = topic_of("groups")
    send(topic, numbers(10))
    member = Member(topic, topic)
    until("10 records", lambda: len(member.seen) == 10)
    described = lambda: admin.describe_groups([topic])[topic]
    listed = lambda: topic in [it["group_id"] for it in admin.list_groups()]
    check("described", lambda: expect("state", (described()["group_state"], len(described()["members"])), ("Stable", 1)))
    member.close()
    check("listed", lambda: expect("listed", listed(), True))
    check("offsets", lambda: expect("offsets", committed(topic, topic), {0: 10}))

    def alter():
        admin.alter_group_offsets(topic, {TopicPartition(topic, 0): OffsetAndMetadata(4, "", -1)})
        expect("offsets", committed(topic, topic), {0: 4})

    def delete_offsets():
        admin.delete_group_offsets(topic, [TopicPartition(topic, 0)])
        expect("offsets", committed(topic, topic), {})

    check("offsets altered", alter)
    check("offsets deleted", delete_offsets)
    admin.delete_groups([topic])
    check("deleted", lambda: expect("listed", listed(), False))
