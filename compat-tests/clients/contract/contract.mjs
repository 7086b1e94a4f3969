// How a program speaks with its runner (see ../scenario-run.ts). What should not be throws.

/** The arguments of the program. */
export const [bootstrap, scenario, prefix] = process.argv.slice(2)

const say = line => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Reports something that the client does not have. */
export const absent = (name, why) => say({ name, ok: null, detail: why })

/** Reports whether `work` does what its name says. */
export const check = async (name, work) => {
  try {
    say({ name, ok: true, detail: String((await work()) ?? '') })
  } catch (error) {
    say({ name, ok: false, detail: error.stack })
  }
}

/** Asks to be killed, and waits for it. */
export const kill = () => {
  say({ ask: 'kill' })
  return new Promise(() => {})
}

/** Asks for a crash and a start of the broker; resolves when it runs again. */
export const restart = () => {
  say({ ask: 'restart' })
  return new Promise(resolve => process.stdin.once('end', resolve).resume())
}

const isBytes = value => value?.type === 'Buffer' && Array.isArray(value.data)
const textOf = value => JSON.stringify(value, (_, it) => (isBytes(it) ? String(Buffer.from(it)) : it))

/** Throws unless both are the same as JSON; buffers count as strings. */
export const expect = (what, actual, expected) => {
  const [seen, wanted] = [textOf(actual), textOf(expected)]
  if (seen !== wanted) throw new Error(`${what}: ${seen?.slice(0, 300)} instead of ${wanted.slice(0, 300)}`)
}

export const until = async (what, isTrue) => {
  for (const deadline = Date.now() + 60_000; !(await isTrue()); await new Promise(go => setTimeout(go, 20)))
    if (Date.now() > deadline) throw new Error(`in vain: ${what}`)
}

/** `count` values from `first` on. */
export const numbers = (count, first = 0) => Array.from({ length: count }, (_, n) => String(first + n))

export const inOrder = values => values.toSorted((a, b) => a - b)

/** Runs the scenario of the arguments to its end. */
export const run = async scenarios => {
  await scenarios[scenario]()
  process.exit()
}
