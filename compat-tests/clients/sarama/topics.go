package main

import (
	. "contract"
	"errors"
	"fmt"

	"github.com/IBM/sarama"
)

func topics() {
	value := func(text string) *string { return &text }
	topic := topicOf("topics", 2, map[string]*string{"retention.ms": value("1000000")})
	partitions := func() int { return len(Must(admin.DescribeTopics([]string{topic}))[0].Partitions) }
	retention := func() string {
		resource := sarama.ConfigResource{Type: sarama.TopicResource, Name: topic, ConfigNames: []string{"retention.ms"}}
		return Must(admin.DescribeConfig(resource))[0].Value
	}
	Check("created", func() string { Expect("partitions", partitions(), 2); return "" })
	Check("an existing one is not created", func() string {
		err := admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: 1}, false)
		if !errors.Is(err, sarama.ErrTopicAlreadyExists) {
			panic(fmt.Sprint("created again: ", err))
		}
		return ""
	})
	Check("partitions are added", func() string {
		OK(admin.CreatePartitions(topic, 5, nil, false))
		Expect("partitions", partitions(), 5)
		return ""
	})
	Check("configs", func() string {
		Expect("as created", retention(), "1000000")
		change := map[string]sarama.IncrementalAlterConfigsEntry{"retention.ms": {Operation: sarama.IncrementalAlterConfigsOperationSet, Value: value("2000000")}}
		OK(admin.IncrementalAlterConfig(sarama.TopicResource, topic, change, false))
		Expect("altered", retention(), "2000000")
		return ""
	})
	Check("deleted", func() string {
		OK(admin.DeleteTopic(topic))
		Until("it is gone", func() bool { _, ok := Must(admin.ListTopics())[topic]; return !ok })
		return ""
	})
}

func deleteRecords() {
	topic := topicOf("deleted", 1, nil)
	send(topic, 0, Numbers(10, 0))
	Check("records are deleted", func() string {
		OK(admin.DeleteRecords(topic, map[int32]int64{0: 6}))
		Expect("values", valuesOf(readTo(topic, "9")), Numbers(4, 6))
		return ""
	})
}
