package main

import (
	"context"
	. "contract"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/IBM/sarama"
)

// member is a consumer in a group, and the handler of its sessions.
type member struct {
	sarama.ConsumerGroup
	mutex    sync.Mutex
	current  []int32
	seen     []*sarama.ConsumerMessage
	sessions atomic.Int32
	// commitAfter: after so many messages they are committed, and nothing more is marked.
	commitAfter int
}

func join(topic, group string, changes ...change) *member {
	it := &member{ConsumerGroup: Must(sarama.NewConsumerGroup([]string{Bootstrap}, group, configOf(changes...)))}
	it.start(topic)
	return it
}

func (it *member) start(topic string) {
	go func() {
		for it.Consume(context.Background(), []string{topic}, it) != sarama.ErrClosedConsumerGroup {
		}
	}()
}

func (it *member) Setup(session sarama.ConsumerGroupSession) error {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	for _, partitions := range session.Claims() {
		it.current = partitions
	}
	slices.Sort(it.current)
	it.sessions.Add(1)
	return nil
}

func (it *member) Cleanup(sarama.ConsumerGroupSession) error {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	it.current = nil
	return nil
}

func (it *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for message := range claim.Messages() {
		it.mutex.Lock()
		it.seen = append(it.seen, message)
		isKept := it.commitAfter > 0 && len(it.seen) > it.commitAfter
		if !isKept {
			session.MarkMessage(message, "")
		}
		if len(it.seen) == it.commitAfter {
			session.Commit()
		}
		it.mutex.Unlock()
	}
	return nil
}

func (it *member) partitions() []int32 {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return slices.Clone(it.current)
}

func (it *member) values() []string {
	it.mutex.Lock()
	defer it.mutex.Unlock()
	return valuesOf(it.seen)
}

func committed(group, topic string, partitions int32) (offsets []int64) {
	asked := map[string][]int32{}
	for partition := range partitions {
		asked[topic] = append(asked[topic], partition)
	}
	response := Must(admin.ListConsumerGroupOffsets(group, asked))
	for partition := range partitions {
		offsets = append(offsets, response.GetBlock(topic, partition).Offset)
	}
	return offsets
}

func group() {
	topic := topicOf("group", 4, nil)
	first := join(topic, topic)
	Check("alone it has all partitions", func() string {
		Until("4 partitions", func() bool { return len(first.partitions()) == 4 })
		return ""
	})
	second := join(topic, topic)
	Check("two share them", func() string {
		Until("2 and 2", func() bool {
			return len(first.partitions()) == 2 && len(second.partitions()) == 2 && first.partitions()[0] != second.partitions()[0]
		})
		return ""
	})
	Check("each record goes to one of them", func() string {
		for partition := range 4 {
			send(topic, int32(partition), Numbers(10, partition*10))
		}
		values := func() []string { return append(first.values(), second.values()...) }
		Until("40 records", func() bool { return len(values()) >= 40 })
		Expect("values", inOrder(values()), Numbers(40, 0))
		return ""
	})
	OK(second.Close())
	Check("who stays has all again", func() string {
		Until("4 partitions", func() bool { return len(first.partitions()) == 4 })
		return ""
	})
}

func crash() {
	topic := topicOf("crash", 2, nil)
	for partition := range 2 {
		send(topic, int32(partition), Numbers(50, partition*50))
	}
	group := sarama.ConsumerGroup(Must(sarama.NewConsumerGroup([]string{Bootstrap}, topic, configOf())))
	it := &member{ConsumerGroup: group, commitAfter: 40}
	it.start(topic)
	Until("some that are not committed", func() bool { return len(it.values()) >= 60 })
	Kill()
}

func resume() {
	topic := Prefix + "crash"
	Check("resumes where the killed one had committed", func() string {
		offsets, expected := committed(topic, topic, 2), []string(nil)
		for partition, offset := range offsets {
			at := int(max(offset, 0))
			expected = append(expected, Numbers(50-at, partition*50+at)...)
		}
		it := join(topic, topic)
		Until("the rest", func() bool { return len(it.values()) >= len(expected) })
		Expect("values", inOrder(it.values()), expected)
		return fmt.Sprint("from offsets ", offsets)
	})
}

func static() {
	topic := topicOf("static", 4, nil)
	named := func(name string) *member {
		return join(topic, topic, func(config *sarama.Config) { config.Consumer.Group.InstanceId = name })
	}
	first, second := named("a"), named("b")
	Until("2 and 2", func() bool { return len(first.partitions()) == 2 && len(second.partitions()) == 2 })
	before, sessions := second.partitions(), first.sessions.Load()
	OK(second.Close())
	Check("comes back to its partitions", func() string {
		second = named("b")
		Until("2 again", func() bool { return len(second.partitions()) == 2 })
		Expect("partitions", second.partitions(), before)
		Expect("sessions of the other", first.sessions.Load(), sessions)
		return ""
	})
}

func groups() {
	topic := topicOf("groups", 1, nil)
	send(topic, 0, Numbers(10, 0))
	it := join(topic, topic)
	Until("10 records", func() bool { return len(it.values()) == 10 })
	Check("described", func() string {
		described := Must(admin.DescribeConsumerGroups([]string{topic}))[0]
		Expect("state and members", fmt.Sprint(described.State, len(described.Members)), "Stable1")
		return ""
	})
	OK(it.Close())
	listed := func() bool { _, ok := Must(admin.ListConsumerGroups())[topic]; return ok }
	Check("listed", func() string { Expect("listed", listed(), true); return "" })
	Check("offsets", func() string { Expect("offsets", committed(topic, topic, 1), []int64{10}); return "" })
	Check("offsets altered", func() string {
		offsets := map[string]map[int32]sarama.OffsetAndMetadata{topic: {0: {Offset: 4, LeaderEpoch: -1}}}
		Must(admin.AlterConsumerGroupOffsets(topic, offsets, nil))
		Expect("offsets", committed(topic, topic, 1), []int64{4})
		return ""
	})
	Check("offsets deleted", func() string {
		OK(admin.DeleteConsumerGroupOffset(topic, topic, 0))
		Expect("offsets", committed(topic, topic, 1), []int64{-1})
		return ""
	})
	Check("deleted", func() string {
		OK(admin.DeleteConsumerGroup(topic))
		Expect("listed", listed(), false)
		return ""
	})
}
