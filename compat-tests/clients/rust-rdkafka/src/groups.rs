use crate::broker::{committed, in_order, send, topic_of, Member, Options};
use crate::contract::{check, expect, kill, numbers, prefixed, until};
use rdkafka::consumer::{CommitMode, Consumer};

/// Polls all members until something is true of them.
fn poll_until(what: &str, members: &mut [Member], is_true: impl Fn(&[Member]) -> bool) {
    until(what, || {
        members.iter_mut().for_each(Member::poll);
        is_true(members)
    });
}

fn has_all(members: &[Member]) -> bool {
    members[0].partitions().len() == 4
}

fn is_shared(members: &[Member]) -> bool {
    members.iter().all(|it| it.partitions().len() == 2) && members[0].partitions() != members[1].partitions()
}

pub fn group(name: &str, options: Options) {
    let topic = topic_of(name, 4);
    let mut members = vec![Member::join(&topic, &topic, options)];
    check("alone it has all partitions", || {
        poll_until("4 partitions", &mut members, has_all);
        ""
    });
    members.push(Member::join(&topic, &topic, options));
    check("two share them", || {
        poll_until("2 and 2", &mut members, is_shared);
        ""
    });
    if name == "cooperative" {
        check("what stays was not revoked", || {
            expect("revoked", members[0].revoked(), members[1].partitions());
            ""
        });
    }
    check("each record goes to one of them", || {
        for partition in 0..4 {
            send(&topic, &numbers(10, partition * 10), partition as i32, &[]);
        }
        poll_until("40 records", &mut members, |all| all.iter().map(|it| it.seen.len()).sum::<usize>() >= 40);
        let values = members.iter().flat_map(Member::values).collect();
        expect("values", in_order(values), numbers(40, 0));
        ""
    });
    members.pop();
    check("who stays has all again", || {
        poll_until("4 partitions", &mut members, has_all);
        ""
    });
}

pub fn crash(name: &str, options: Options) {
    let topic = topic_of(name, 2);
    for partition in 0..2 {
        send(&topic, &numbers(50, partition * 50), partition as i32, &[]);
    }
    let mut member = Member::join(&topic, &topic, &[options, &[("enable.auto.commit", "false")]].concat());
    let mut read_to = |count| {
        until("records", || {
            member.poll();
            member.seen.len() >= count
        });
        if count == 40 {
            member.consumer.commit_consumer_state(CommitMode::Sync).unwrap();
        }
    };
    read_to(40);
    read_to(60);
    kill()
}

pub fn resume(name: &str, options: Options) {
    let topic = prefixed(name);
    check("resumes where the killed one had committed", || {
        let from = committed(&topic, &topic, 2);
        let expected: Vec<_> = (0..2).flat_map(|n| numbers(50 - from[n], n as i64 * 50 + from[n])).collect();
        let mut member = [Member::join(&topic, &topic, options)];
        poll_until("the rest", &mut member, |all| all[0].seen.len() >= expected.len());
        expect("values", in_order(member[0].values()), expected);
        format!("from offsets {from:?}")
    });
}

pub fn static_members() {
    let topic = topic_of("static", 4);
    let join = |name| Member::join(&topic, &topic, &[("group.instance.id", name)]);
    let mut members = vec![join("a"), join("b")];
    poll_until("2 and 2", &mut members, is_shared);
    let (before, revoked) = (members[1].partitions(), members[0].revoked());
    check("comes back to its partitions", || {
        members.pop();
        members.push(join("b"));
        poll_until("2 again", &mut members, |all| all[1].partitions().len() == 2);
        expect("partitions", members[1].partitions(), before);
        expect("revoked of the other", members[0].revoked(), revoked);
        ""
    });
}
