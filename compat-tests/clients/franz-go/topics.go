package main

import (
	. "contract"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

func topics() {
	topic := topicOf("topics", 2, map[string]*string{"retention.ms": kadm.StringPtr("1000000")})
	partitions := func() int { return len(Must(admin.ListTopics(ctx, topic))[topic].Partitions) }
	retention := func() string {
		for _, config := range Must(Must(admin.DescribeTopicConfigs(ctx, topic)).On(topic, nil)).Configs {
			if config.Key == "retention.ms" {
				return config.MaybeValue()
			}
		}
		return "none"
	}
	Check("created", func() string { Expect("partitions", partitions(), 2); return "" })
	Check("an existing one is not created", func() string {
		_, err := admin.CreateTopic(ctx, 1, 1, nil, topic)
		if !errors.Is(err, kerr.TopicAlreadyExists) {
			panic(fmt.Sprint("created again: ", err))
		}
		return ""
	})
	Check("partitions are added", func() string {
		OK(Must(admin.UpdatePartitions(ctx, 5, topic)).Error())
		Expect("partitions", partitions(), 5)
		return ""
	})
	Check("configs", func() string {
		Expect("as created", retention(), "1000000")
		change := kadm.AlterConfig{Op: kadm.SetConfig, Name: "retention.ms", Value: kadm.StringPtr("2000000")}
		Must(admin.AlterTopicConfigs(ctx, []kadm.AlterConfig{change}, topic))
		Expect("altered", retention(), "2000000")
		return ""
	})
	Check("deleted", func() string {
		Must(admin.DeleteTopic(ctx, topic))
		Until("it is gone", func() bool { return !Must(admin.ListTopics(ctx)).Has(topic) })
		return ""
	})
}

func deleteRecords() {
	topic := topicOf("deleted", 1, nil)
	send(topic, 0, Numbers(10, 0))
	Check("records are deleted", func() string {
		offsets := kadm.Offsets{}
		offsets.AddOffset(topic, 0, 6, -1)
		response, _ := Must(admin.DeleteRecords(ctx, offsets)).Lookup(topic, 0)
		OK(response.Err)
		Expect("low watermark", response.LowWatermark, int64(6))
		Expect("values", valuesOf(readTo(topic, "9")), Numbers(4, 6))
		return ""
	})
}
