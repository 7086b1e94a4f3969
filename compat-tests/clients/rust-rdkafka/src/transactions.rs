use crate::broker::{committed, flush, produce, producer, send, topic_of, values_to, Member, Options, Writer, WAIT};
use crate::contract::{check, expect, numbers, prefixed, until};
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaError;
use rdkafka::producer::Producer;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};

const READ_COMMITTED: Options = &[("isolation.level", "read_committed")];
const READ_UNCOMMITTED: Options = &[("isolation.level", "read_uncommitted")];

fn begun(id: &str) -> Writer {
    let it = producer(&[("transactional.id", &prefixed(id))]);
    it.init_transactions(WAIT).unwrap();
    it.begin_transaction().unwrap();
    it
}

fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| value.to_string()).collect()
}

pub fn all() {
    let (topic, it) = (topic_of("transactions", 1), begun("tx"));
    produce(&it, &topic, &strings(&["a0", "a1"]), 0);
    flush(&it);
    it.abort_transaction(WAIT).unwrap();
    it.begin_transaction().unwrap();
    produce(&it, &topic, &strings(&["c0", "c1"]), 0);
    it.commit_transaction(WAIT).unwrap();
    send(&topic, &strings(&["end"]), 0, &[]);
    check("read_committed", || {
        expect("values", values_to(&topic, "end", READ_COMMITTED), strings(&["c0", "c1", "end"]));
        ""
    });
    check("read_uncommitted", || {
        expect("values", values_to(&topic, "end", READ_UNCOMMITTED), strings(&["a0", "a1", "c0", "c1", "end"]));
        ""
    });
    check("copy with offsets", copy);
    check("an older producer is fenced", || fence(&topic));
}

/// The first transaction is aborted.
fn copy() -> &'static str {
    let (input, output, it) = (topic_of("input", 1), topic_of("output", 1), begun("copy"));
    send(&input, &numbers(20, 0), 0, &[]);
    for is_good in [false, true] {
        let mut member = Member::join(&input, &input, &[("enable.auto.commit", "false")]);
        until("the input", || {
            member.poll();
            member.seen.len() >= 20
        });
        produce(&it, &output, &member.values(), 0);
        flush(&it);
        let mut offsets = TopicPartitionList::new();
        offsets.add_partition_offset(&input, 0, Offset::Offset(20)).unwrap();
        it.send_offsets_to_transaction(&offsets, &member.consumer.group_metadata().unwrap(), WAIT).unwrap();
        if is_good {
            it.commit_transaction(WAIT).unwrap();
        } else {
            it.abort_transaction(WAIT).unwrap();
            expect("offsets after the abort", committed(&input, &input, 1), vec![0]);
            it.begin_transaction().unwrap();
        }
    }
    send(&output, &strings(&["end"]), 0, &[]);
    expect("offsets", committed(&input, &input, 1), vec![20]);
    expect("values", values_to(&output, "end", READ_COMMITTED), [numbers(20, 0), strings(&["end"])].concat());
    ""
}

fn fence(topic: &str) -> &'static str {
    let old = begun("fence");
    produce(&old, topic, &strings(&["old"]), 0);
    flush(&old);
    let young = begun("fence");
    produce(&young, topic, &strings(&["young"]), 0);
    match old.commit_transaction(WAIT) {
        Err(KafkaError::Transaction(error)) => expect("the failure is fatal", error.is_fatal(), true),
        other => panic!("the older one: {other:?}"),
    }
    young.commit_transaction(WAIT).unwrap();
    expect("values", values_to(topic, "young", READ_COMMITTED), strings(&["c0", "c1", "end", "young"]));
    ""
}
