package main

import (
	. "contract"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func group(name string, options ...kgo.Opt) {
	topic := topicOf(name, 4, nil)
	first := join(topic, topic, options...)
	Check("alone it has all partitions", func() string {
		Until("4 partitions", func() bool { return len(first.partitions()) == 4 })
		return ""
	})
	if name == "consumer-group" {
		Check("it is a consumer group", func() string {
			Expect("listed", slices.Contains(Must(admin.ListGroupsByType(ctx, []string{"consumer"})).Groups(), topic), true)
			return ""
		})
	}
	second := join(topic, topic, options...)
	Check("two share them", func() string {
		Until("2 and 2", func() bool {
			return len(first.partitions()) == 2 && len(second.partitions()) == 2 && first.partitions()[0] != second.partitions()[0]
		})
		return ""
	})
	if name == "cooperative" {
		Check("what stays was not revoked", func() string {
			Expect("revoked", slices.Sorted(maps.Keys(first.losses)), second.partitions())
			return ""
		})
	}
	Check("each record goes to one of them", func() string {
		for partition := range 4 {
			send(topic, int32(partition), Numbers(10, partition*10))
		}
		values := func() []string { return append(first.values(), second.values()...) }
		Until("40 records", func() bool { return len(values()) >= 40 })
		Expect("values", inOrder(values()), Numbers(40, 0))
		return ""
	})
	second.Close()
	Check("who stays has all again", func() string {
		Until("4 partitions", func() bool { return len(first.partitions()) == 4 })
		return ""
	})
	first.Close()
}

func crash(name string, options ...kgo.Opt) {
	topic := topicOf(name, 2, nil)
	for partition := range 2 {
		send(topic, int32(partition), Numbers(50, partition*50))
	}
	it := join(topic, topic, append(options, kgo.DisableAutoCommit())...)
	Until("all records", func() bool { return len(it.values()) == 100 })
	OK(it.CommitRecords(ctx, it.records()[:40]...))
	Kill()
}

func resume(name string, options ...kgo.Opt) {
	topic := Prefix + name
	Check("resumes where the killed one had committed", func() string {
		var expected []string
		offsets := Must(admin.FetchOffsets(ctx, topic))
		for partition := range 2 {
			response, _ := offsets.Lookup(topic, int32(partition))
			at := int(max(response.At, 0))
			expected = append(expected, Numbers(50-at, partition*50+at)...)
		}
		it := join(topic, topic, options...)
		defer it.Close()
		Until("the rest", func() bool { return len(it.values()) >= len(expected) })
		Expect("values", inOrder(it.values()), expected)
		return fmt.Sprint("from offsets ", committed(topic, topic))
	})
}

func static() {
	topic := topicOf("static", 4, nil)
	first, second := join(topic, topic, kgo.InstanceID("a")), join(topic, topic, kgo.InstanceID("b"))
	Until("2 and 2", func() bool { return len(first.partitions()) == 2 && len(second.partitions()) == 2 })
	before, losses := second.partitions(), maps.Clone(first.losses)
	second.Close()
	Check("comes back to its partitions", func() string {
		second = join(topic, topic, kgo.InstanceID("b"))
		Until("2 again", func() bool { return len(second.partitions()) == 2 })
		Expect("partitions", second.partitions(), before)
		Expect("revoked of the other", first.losses, losses)
		return ""
	})
}

func groups() {
	topic := topicOf("groups", 1, nil)
	send(topic, 0, Numbers(10, 0))
	it := join(topic, topic)
	Until("10 records", func() bool { return len(it.values()) == 10 })
	Check("described", func() string {
		described := Must(admin.DescribeGroups(ctx, topic))[topic]
		Expect("state and members", fmt.Sprint(described.State, len(described.Members)), "Stable1")
		return ""
	})
	OK(it.CommitUncommittedOffsets(ctx))
	it.Close()
	listed := func() bool { return slices.Contains(Must(admin.ListGroups(ctx)).Groups(), topic) }
	Check("listed", func() string { Expect("listed", listed(), true); return "" })
	Check("offsets", func() string { Expect("offsets", committed(topic, topic), []int64{10}); return "" })
	Check("offsets altered", func() string {
		offsets := kadm.Offsets{}
		offsets.AddOffset(topic, 0, 4, -1)
		OK(admin.CommitAllOffsets(ctx, topic, offsets))
		Expect("offsets", committed(topic, topic), []int64{4})
		return ""
	})
	Check("offsets deleted", func() string {
		set := kadm.TopicsSet{}
		set.Add(topic, 0)
		OK(Must(admin.DeleteOffsets(ctx, topic, set)).Error())
		Expect("offsets", committed(topic, topic), []int64(nil))
		return ""
	})
	Check("deleted", func() string {
		Must(admin.DeleteGroup(ctx, topic))
		Expect("listed", listed(), false)
		return ""
	})
}
