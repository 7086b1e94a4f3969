import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { DiskError } from '../disk'

/**
 * An exclusive lock among the processes of one machine (strictly: of one process-id namespace). Node has no advisory locks, so the owner
 * is written into the file: process id, start time of that process, boot of the machine. It is stale when no such process lives.
 *
 * Two processes must never both take over a stale lock:
 * - a lock appears, with its content, by `link`, which succeeds for one only;
 * - a stale lock is replaced, by `rename`, only by the holder of a second lock `<path>.takeover` that has seen it stale while holding that;
 * - the second lock may be stale itself, and is then taken over in the same way.
 * Another lock of a living process is never touched, also when it is this process.
 */
export function lockFile(path: string): { release(): void } {
  const owner = `${process.pid} ${startOf(process.pid)}\n`
  const own = `${path}.${process.pid}.tmp`
  // Not overwritten but made anew: a leftover of a killed process may be a second name of the lock itself.
  fs.rmSync(own, { force: true })
  fs.writeFileSync(own, owner)
  try {
    acquire(path, own, owner)
  } finally {
    fs.rmSync(own, { force: true })
  }
  let held = true
  return {
    release: () => {
      if (held && contentOf(path) === owner) fs.rmSync(path, { force: true })
      held = false
    },
  }
}

/** Whether a living process holds the lock at `path`: in the way of this module, or of Apache Kafka. Changes nothing. */
export function isLocked(path: string): boolean {
  const content = contentOf(path)
  return content !== null && ownerOf(path, content) !== null
}

/** `own` is a file that holds `owner`, in the directory of `path`. */
function acquire(path: string, own: string, owner: string): void {
  while (!linked(own, path)) {
    const seen = contentOf(path)
    if (seen === null) continue
    refuseIfAlive(path, seen)
    const takeover = `${path}.takeover`
    acquire(takeover, own, owner)
    try {
      const current = contentOf(path)
      if (current === null) continue
      refuseIfAlive(path, current)
      replace(path, own)
      return
    } finally {
      fs.rmSync(takeover, { force: true })
    }
  }
}

function linked(own: string, path: string): boolean {
  try {
    fs.linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** By a second name of `own`: renaming one name of a file onto another name of the same file would do nothing. */
function replace(path: string, own: string): void {
  const copy = `${own}.copy`
  fs.copyFileSync(own, copy)
  fs.renameSync(copy, path)
}

function contentOf(path: string): string | null {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // ESRCH: the process ended between the opening and the reading of its /proc entry.
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}

function refuseIfAlive(path: string, content: string): void {
  const pid = ownerOf(path, content)
  if (pid === null) return
  const who = pid === process.pid ? 'this process' : `process ${pid}`
  throw new DiskError('ELOCKED', path, `ELOCKED: in use by ${who}: ${path}`)
}

/** Anything that is not the content of a lock is stale: Apache Kafka leaves an empty file of this name behind. */
function ownerOf(path: string, content: string): number | null {
  return content === '' ? holderOfSystemLock(path) : livingOwner(content)
}

function livingOwner(content: string): number | null {
  const [pid, start] = content.trim().split(/ (.*)/)
  return pid && start && startOf(Number(pid)) === start ? Number(pid) : null
}

/** The process that has locked the file through the system, as a running Apache Kafka does. Only Linux tells. */
function holderOfSystemLock(path: string): number | null {
  const { ino } = fs.statSync(path)
  for (const line of (contentOf('/proc/locks') ?? '').split('\n')) {
    const holder = / WRITE (\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line)
    if (holder && Number(holder[2]) === ino) return Number(holder[1])
  }
  return null
}

/** When a process began, in words that tell it from every other with the same id; null when there is no such process. */
function startOf(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null
  return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid)
}

function startOnLinux(pid: number): string | null {
  const stat = contentOf(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The name of the program comes second, in parentheses, and may contain anything.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isGone = state === 'Z' || state === 'X'
  return isGone ? null : `${rest[18]} ${contentOf('/proc/sys/kernel/random/boot_id')?.trim()}`
}

function startElsewhere(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', env: { LC_ALL: 'C' } }).trim()
  } catch {
    return null
  }
}
