import { kcatConsume } from '../kcat'
import { sameLines } from '../suite'

/** What consumers see of a topic, a line for each record. */
interface View {
  readonly committed: string
  readonly uncommitted: string
}

/** What consumers have seen of topics, to be compared with what they see when another broker has got the files. */
export class TopicViews {
  readonly #views = new Map<string, View>()

  /** All records of a topic as they were seen last, those of aborted transactions too. */
  recordsOf(topic: string): string {
    return this.#views.get(topic)!.uncommitted
  }

  async look(bootstrap: string, topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#views.set(topic, await viewOf(bootstrap, topic))
  }

  /** Throws when consumers see of topics anything else than before. */
  async compare(bootstrap: string, topics: readonly string[]): Promise<string> {
    const seen: string[] = []
    for (const topic of topics) {
      const [before, now] = [this.#views.get(topic)!, await viewOf(bootstrap, topic)]
      const committed = sameLines(`${topic}, committed`, now.committed, before.committed)
      const all = sameLines(`${topic}, uncommitted`, now.uncommitted, before.uncommitted)
      seen.push(committed === all ? `${topic} ${all}` : `${topic} ${all} (${committed} of them committed)`)
    }
    return `${seen.join(', ')} records with equal offsets, timestamps, keys, values and headers`
  }
}

const viewOf = async (bootstrap: string, topic: string): Promise<View> => ({
  committed: await kcatConsume(bootstrap, topic, 'read_committed'),
  uncommitted: await kcatConsume(bootstrap, topic, 'read_uncommitted'),
})
