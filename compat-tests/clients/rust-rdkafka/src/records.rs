use crate::broker::{flush, produce, producer, read_to, send, topic_of, value_of, values_to, Member, WAIT};
use crate::contract::{check, expect, numbers, prefixed, restart as ask_restart, until};
use rdkafka::consumer::Consumer;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::BaseRecord;
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const TIME: i64 = 1_700_000_000_000;

pub fn produce_all() {
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    let kinds: Vec<_> = codecs.iter().flat_map(|codec| ["0", "1", "all"].map(|acks| (*codec, acks))).collect();
    let topic = topic_of("codecs", kinds.len() as i32);
    for (n, (codec, acks)) in kinds.iter().enumerate() {
        send(&topic, &["first".to_string()], n as i32, &[]);
        send(&topic, &numbers(20, 0), n as i32, &[("compression.type", codec), ("acks", acks), ("linger.ms", "20")]);
    }
    let mut reader = Member::join(&topic, &topic, &[]);
    until("all records", || {
        reader.poll();
        reader.seen.len() >= 21 * kinds.len()
    });
    for (n, (codec, acks)) in kinds.iter().enumerate() {
        check(&format!("{codec} acks={acks}"), || {
            let seen = reader.seen.iter().filter(|message| message.partition() == n as i32);
            expect("values", seen.map(value_of).collect(), [vec!["first".to_string()], numbers(20, 0)].concat());
            ""
        });
    }
}

pub fn values() {
    let (topic, it) = (topic_of("values", 1), producer(&[]));
    let headers = [("one", Some("first")), ("two", Some("a")), ("two", Some("")), ("none", None)];
    let sent = headers.iter().fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: *value }));
    let first = BaseRecord::to(&topic).key("k").payload("v").headers(sent).timestamp(TIME);
    it.send(first).map_err(|(error, _)| error).unwrap();
    let pairs = [(None, Some("no key")), (Some("no value"), None), (Some(""), Some("")), (None, Some("end"))];
    for (key, value) in pairs {
        let mut record = BaseRecord::<str, str>::to(&topic);
        (record.key, record.payload) = (key, value);
        it.send(record).map_err(|(error, _)| error).unwrap();
    }
    flush(&it);
    let seen = read_to(&topic, "end", &[]);
    check("headers", || {
        let read: Vec<_> = seen[0].headers().unwrap().iter().map(|it| (it.key, it.value)).collect();
        expect("headers", read, headers.map(|(key, value)| (key, value.map(str::as_bytes))).to_vec());
        ""
    });
    check("timestamp", || {
        expect("timestamp", seen[0].timestamp().to_millis(), Some(TIME));
        ""
    });
    check("null and empty", || {
        let read: Vec<_> = seen[1..].iter().map(|it| (it.key(), it.payload())).collect();
        expect("pairs", read, pairs.map(|(key, value)| (key.map(str::as_bytes), value.map(str::as_bytes))).to_vec());
        ""
    });
}

pub fn idempotent() {
    let topic = topic_of("idempotent", 1);
    check("each once, in order", || {
        send(&topic, &numbers(1000, 0), 0, &[("enable.idempotence", "true"), ("batch.num.messages", "20")]);
        expect("values", values_to(&topic, "999", &[]), numbers(1000, 0));
        ""
    });
}

pub fn times() {
    let (topic, it) = (topic_of("times", 1), producer(&[]));
    for n in 0..4 {
        let record = BaseRecord::<str, str>::to(&topic).payload("").timestamp(TIME + n * 1000);
        it.send(record).map_err(|(error, _)| error).unwrap();
    }
    flush(&it);
    let consumer = Member::join(&topic, &topic, &[]).consumer;
    let at = |time| {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_offset(&topic, 0, Offset::Offset(time)).unwrap();
        consumer.offsets_for_times(asked, WAIT).unwrap().elements()[0].offset()
    };
    check("the first record at or after a time", || {
        let found = [at(TIME + 2000), at(TIME + 1999), at(TIME + 4000)];
        expect("offsets", found, [Offset::Offset(2), Offset::Offset(2), Offset::End]);
        ""
    });
    check("first and last", || {
        expect("offsets", consumer.fetch_watermarks(&topic, 0, WAIT).unwrap(), (0, 4));
        ""
    });
}

pub fn compacted() {
    let mut wanted: BTreeMap<_, _> = numbers(10, 0).into_iter().map(|key| (key, "new".to_string())).collect();
    wanted.insert("last".to_string(), "end".to_string());
    check("read to the end", || {
        until("compaction", || {
            let seen = read_to(&prefixed("compacted"), "end", &[]);
            let key = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let values = seen.iter().map(|it| (key(it.key().unwrap()), value_of(it))).collect();
            expect("values", values, wanted.clone());
            seen.len() == wanted.len()
        });
        ""
    });
}

pub fn restart() {
    let topic = topic_of("restart", 1);
    check("nothing lost, nothing twice", || {
        let (it, mut reader) = (producer(&[("enable.idempotence", "true")]), Member::join(&topic, &topic, &[]));
        let (mut sent, mut last, mut restarted) = (0, 100, Arc::new(AtomicBool::new(false)));
        while sent < last {
            produce(&it, &topic, &[sent.to_string()], 0);
            thread::sleep(Duration::from_millis(2));
            sent += 1;
            if sent == 50 {
                restarted = ask_restart();
            }
            if !restarted.load(Ordering::SeqCst) {
                last = sent + 100;
            }
        }
        flush(&it);
        until("all records", || {
            reader.poll();
            reader.seen.len() >= sent as usize
        });
        expect("read on", reader.values().iter().collect::<BTreeSet<_>>().len(), sent as usize);
        expect("values", values_to(&topic, &(sent - 1).to_string(), &[]), numbers(sent, 0));
        format!("{sent} records")
    });
}
