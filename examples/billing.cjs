// The application that the examples test: it writes an invoice for each order.

class Billing {
  /** @param {import('kafkajs').Kafka} kafka */
  constructor(kafka) {
    this.consumer = kafka.consumer({ groupId: 'billing', maxWaitTimeInMs: 100 })
    this.producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  }

  async start() {
    await this.producer.connect()
    await this.consumer.connect()
    await this.consumer.subscribe({ topic: 'orders', fromBeginning: true })
    await this.consumer.run({ eachMessage: ({ message }) => this.bill(message) })
  }

  async bill({ key, value }) {
    const { amount } = JSON.parse(value)
    await this.producer.send({ topic: 'invoices', messages: [{ key, value: JSON.stringify({ total: amount * 1.2 }) }] })
  }

  async stop() {
    await this.consumer.disconnect()
    await this.producer.disconnect()
  }
}

module.exports = { Billing }
