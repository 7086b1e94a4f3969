const { TestEnvironment } = require('jest-environment-node')

// Some clients close what they have in their own time, and on a busy machine that is long.
const LOOKS = 550
const LOOKS_WITHOUT_PAUSE = 50
const PAUSE_MS = 10

/**
 * The environment of every test file. It fails the file when that leaves something open that would keep a process alive (a server, a
 * connection, a child, a timer): jest would kill its worker and say no more than that.
 */
module.exports = class extends TestEnvironment {
  #before = []

  async setup() {
    await super.setup()
    // Node opens these when they are first looked at, and never closes them.
    void [process.stdout, process.stderr]
    this.#before = process.getActiveResourcesInfo()
  }

  async teardown() {
    await super.teardown()
    let left = []
    for (let look = 0; look < LOOKS; look++) {
      left = surplus(process.getActiveResourcesInfo(), this.#before)
      if (left.length === 0) return
      await new Promise(resolve => (look < LOOKS_WITHOUT_PAUSE ? setImmediate(resolve) : setTimeout(resolve, PAUSE_MS)))
    }
    throw new Error(`this test file leaves open: ${left.join(', ')}`)
  }
}

function surplus(resources, expected) {
  const rest = [...expected]
  return resources.filter(name => {
    const index = rest.indexOf(name)
    if (index >= 0) rest.splice(index, 1)
    return index < 0
  })
}
