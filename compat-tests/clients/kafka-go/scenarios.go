package main

import (
	. "contract"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"
)

func produce() {
	codecs, acks := []string{"none", "gzip", "snappy", "lz4", "zstd"}, []string{"0", "1", "all"}
	topic := topicOf("codecs", len(codecs)*len(acks))
	for n, codec := range codecs {
		for m, ack := range acks {
			Check(codec+" acks="+ack, func() string {
				it, partition := writer(topic), n*len(acks)+m
				OK(it.WriteMessages(ctx, messages(partition, "first")...))
				it.Compression = kafka.Compression(n)
				it.RequiredAcks = []kafka.RequiredAcks{kafka.RequireNone, kafka.RequireOne, kafka.RequireAll}[m]
				OK(it.WriteMessages(ctx, messages(partition, Numbers(20, 0)...)...))
				OK(it.Close())
				seen := read(topic, partition, kafka.ReadUncommitted, func(message kafka.Message) bool { return message.Offset == 20 })
				Expect("values", valuesOf(seen), append([]string{"first"}, Numbers(20, 0)...))
				return ""
			})
		}
	}
}

func values() {
	topic := topicOf("values", 1)
	headers := []kafka.Header{{Key: "one", Value: []byte("first")}, {Key: "two", Value: []byte("a")}, {Key: "two", Value: []byte("b")}}
	first := kafka.Message{Key: []byte("k"), Value: []byte("v"), Headers: headers, Time: time.UnixMilli(1_700_000_000_000)}
	pairs := [][2][]byte{{nil, []byte("no key")}, {[]byte("no value"), nil}, {{}, {}}, {nil, []byte("end")}}
	it := writer(topic)
	OK(it.WriteMessages(ctx, first))
	for _, pair := range pairs {
		OK(it.WriteMessages(ctx, kafka.Message{Key: pair[0], Value: pair[1]}))
	}
	seen := readTo(topic, "end")
	Check("headers", func() string { Expect("headers", seen[0].Headers, headers); return "" })
	Check("timestamp", func() string { Expect("timestamp", seen[0].Time.UnixMilli(), int64(1_700_000_000_000)); return "" })
	Check("null and empty", func() string {
		for n, message := range seen[1:] {
			Expect("key", string(message.Key), string(pairs[n][0]))
			Expect("value", string(message.Value), string(pairs[n][1]))
		}
		return ""
	})
	Absent("null apart from empty", "its reader gives the same for both")
}

// assignments are the partitions of the members of a group, by the group's description.
func assignments(group string) (partitions []int) {
	response := Must(client.DescribeGroups(ctx, &kafka.DescribeGroupsRequest{GroupIDs: []string{group}}))
	if response.Groups[0].GroupState != "Stable" {
		return nil
	}
	for _, member := range response.Groups[0].Members {
		for _, topic := range member.MemberAssignments.Topics {
			partitions = append(partitions, len(topic.Partitions))
		}
	}
	return partitions
}

func group() {
	topic := topicOf("group", 4)
	first := joined(topic, topic)
	Check("alone it has all partitions", func() string {
		Until("4 partitions", func() bool { return slices.Equal(assignments(topic), []int{4}) })
		return ""
	})
	second := joined(topic, topic)
	Check("two share them", func() string {
		Until("2 and 2", func() bool { return slices.Equal(assignments(topic), []int{2, 2}) })
		return ""
	})
	Check("each record goes to one of them", func() string {
		for partition := range 4 {
			send(topic, partition, Numbers(10, partition*10)...)
		}
		values := func() []string { return append(first.values(), second.values()...) }
		Until("40 records", func() bool { return len(values()) >= 40 })
		Expect("values", inOrder(values()), Numbers(40, 0))
		return ""
	})
	OK(second.Close())
	Check("who stays has all again", func() string {
		Until("4 partitions", func() bool { return slices.Equal(assignments(topic), []int{4}) })
		return ""
	})
}

func committed(group, topic string) (offsets []int64) {
	asked := map[string][]int{topic: {0, 1}}
	response := Must(client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: group, Topics: asked}))
	for _, partition := range response.Topics[topic] {
		offsets = append(offsets, partition.CommittedOffset)
	}
	return offsets
}

func crash() {
	topic := topicOf("crash", 2)
	for partition := range 2 {
		send(topic, partition, Numbers(50, partition*50)...)
	}
	it := join(topic, topic)
	it.start(it.FetchMessage)
	Until("all records", func() bool { return len(it.messages()) == 100 })
	OK(it.CommitMessages(ctx, it.messages()[:40]...))
	Kill()
}

func resume() {
	topic := Prefix + "crash"
	Check("resumes where the killed one had committed", func() string {
		offsets, expected := committed(topic, topic), []string(nil)
		for partition, offset := range offsets {
			at := int(max(offset, 0))
			expected = append(expected, Numbers(50-at, partition*50+at)...)
		}
		it := joined(topic, topic)
		Until("the rest", func() bool { return len(it.values()) >= len(expected) })
		Expect("values", inOrder(it.values()), expected)
		return fmt.Sprint("from offsets ", offsets)
	})
}

func topics() {
	topic := topicOf("topics", 2, kafka.ConfigEntry{ConfigName: "retention.ms", ConfigValue: "1000000"})
	metadata := func() []kafka.Topic { return Must(client.Metadata(ctx, &kafka.MetadataRequest{})).Topics }
	partitions := func() int {
		return len(Must(client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})).Topics[0].Partitions)
	}
	retention := func() string {
		resource := kafka.DescribeConfigRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: []string{"retention.ms"}}
		request := &kafka.DescribeConfigsRequest{Resources: []kafka.DescribeConfigRequestResource{resource}}
		return Must(client.DescribeConfigs(ctx, request)).Resources[0].ConfigEntries[0].ConfigValue
	}
	Check("created", func() string { Expect("partitions", partitions(), 2); return "" })
	Check("an existing one is not created", func() string {
		again := kafka.TopicConfig{Topic: topic, NumPartitions: 1, ReplicationFactor: 1}
		response := Must(client.CreateTopics(ctx, &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{again}}))
		Expect("exists", errors.Is(response.Errors[topic], kafka.TopicAlreadyExists), true)
		return ""
	})
	Check("partitions are added", func() string {
		more := kafka.TopicPartitionsConfig{Name: topic, Count: 5}
		OK(Must(client.CreatePartitions(ctx, &kafka.CreatePartitionsRequest{Topics: []kafka.TopicPartitionsConfig{more}})).Errors[topic])
		// It keeps metadata for seconds.
		Until("5 partitions", func() bool { return partitions() == 5 })
		return ""
	})
	Check("configs", func() string {
		Expect("as created", retention(), "1000000")
		change := kafka.IncrementalAlterConfigsRequestConfig{Name: "retention.ms", Value: "2000000", ConfigOperation: kafka.ConfigOperationSet}
		resource := kafka.IncrementalAlterConfigsRequestResource{ResourceType: kafka.ResourceTypeTopic, ResourceName: topic,
			Configs: []kafka.IncrementalAlterConfigsRequestConfig{change}}
		Must(client.IncrementalAlterConfigs(ctx, &kafka.IncrementalAlterConfigsRequest{Resources: []kafka.IncrementalAlterConfigsRequestResource{resource}}))
		Expect("altered", retention(), "2000000")
		return ""
	})
	Check("deleted", func() string {
		OK(Must(client.DeleteTopics(ctx, &kafka.DeleteTopicsRequest{Topics: []string{topic}})).Errors[topic])
		Until("it is gone", func() bool {
			return !slices.ContainsFunc(metadata(), func(it kafka.Topic) bool { return it.Name == topic })
		})
		return ""
	})
}

func groups() {
	topic := topicOf("groups", 2)
	send(topic, 0, Numbers(10, 0)...)
	it := joined(topic, topic)
	Until("10 records", func() bool { return len(it.values()) == 10 })
	Check("described", func() string { Expect("members", assignments(topic), []int{2}); return "" })
	OK(it.Close())
	listed := func() bool {
		groups := Must(client.ListGroups(ctx, &kafka.ListGroupsRequest{})).Groups
		return slices.ContainsFunc(groups, func(it kafka.ListGroupsResponseGroup) bool { return it.GroupID == topic })
	}
	Check("listed", func() string { Expect("listed", listed(), true); return "" })
	Check("offsets", func() string { Expect("offsets", committed(topic, topic), []int64{10, -1}); return "" })
	Check("offsets altered", func() string {
		commit := map[string][]kafka.OffsetCommit{topic: {{Partition: 0, Offset: 4}}}
		Must(client.OffsetCommit(ctx, &kafka.OffsetCommitRequest{GroupID: topic, GenerationID: -1, Topics: commit}))
		Expect("offsets", committed(topic, topic), []int64{4, -1})
		return ""
	})
	Check("offsets deleted", func() string {
		Must(client.OffsetDelete(ctx, &kafka.OffsetDeleteRequest{GroupID: topic, Topics: map[string][]int{topic: {0}}}))
		Expect("offsets", committed(topic, topic), []int64{-1, -1})
		return ""
	})
	Check("deleted", func() string {
		OK(Must(client.DeleteGroups(ctx, &kafka.DeleteGroupsRequest{GroupIDs: []string{topic}})).Errors[topic])
		Expect("listed", listed(), false)
		return ""
	})
}

func times() {
	topic := topicOf("times", 1)
	at := func(n int) time.Time { return time.UnixMilli(1_700_000_000_000 + int64(n)*1000) }
	it := writer(topic)
	for n, message := range messages(0, Numbers(4, 0)...) {
		message.Time = at(n)
		OK(it.WriteMessages(ctx, message))
	}
	offset := func(time time.Time) int64 {
		asked := map[string][]kafka.OffsetRequest{topic: {kafka.TimeOffsetOf(0, time)}}
		for offset := range Must(client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: asked})).Topics[topic][0].Offsets {
			return offset
		}
		return -1
	}
	Check("the first record at or after a time", func() string {
		Expect("offsets", []int64{offset(at(2)), offset(at(2).Add(-time.Millisecond)), offset(at(4))}, []int64{2, 2, -1})
		return ""
	})
	Check("first and last", func() string {
		asked := map[string][]kafka.OffsetRequest{topic: {kafka.FirstOffsetOf(0), kafka.LastOffsetOf(0)}}
		listed := Must(client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: asked})).Topics[topic][0]
		Expect("offsets", []int64{listed.FirstOffset, listed.LastOffset}, []int64{0, 4})
		return ""
	})
}

func compacted() {
	Compacted(func(topic, last string, found func(key, value []byte)) {
		for _, record := range readTo(topic, last) {
			found(record.Key, record.Value)
		}
	})
}
