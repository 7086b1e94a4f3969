import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'

export interface Address {
  readonly host: string
  readonly port: number
}

const MAIN = path.join(__dirname, '../odradek.cjs')

/** A broker of ours in a process of its own. */
export class BrokerProcess {
  readonly address: Address
  readonly pid: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, address: Address) {
    this.#child = child
    this.address = address
    this.pid = child.pid!
  }

  /** Starts on a free port; resolves at its ready line. */
  static async start(directory: string, settings: Readonly<Record<string, string>>): Promise<BrokerProcess> {
    const sets = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`])
    const options = ['start', '--port', '0', '--data', directory, '--log-level', 'warn', ...sets]
    const child = spawn(process.execPath, [MAIN, ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit').then(() => {
      throw new Error('the broker did not start')
    })
    exited.catch(() => {})
    const ready = await Promise.race([once(child.stdout!, 'data'), exited])
    const [, host, port] = /odradek ready (.+):(\d+)/.exec(String(ready))!
    return new BrokerProcess(child, { host: host!, port: Number(port) })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    this.#child.kill('SIGTERM')
    await once(this.#child, 'exit')
  }
}

/** Resident memory of a process in MiB. */
export const residentMiB = (pid: number): number => {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024
}

/** CPU time of a process in seconds: user and system. */
export const cpuSeconds = (pid: number): number => {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The process that listens on a port of this machine, found through /proc; null when it is not visible. */
export const listenerPid = ({ port }: Address): number | null => {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set(
    ['tcp', 'tcp6'].flatMap(table =>
      fs
        .readFileSync(`/proc/net/${table}`, 'utf8')
        .split('\n')
        .slice(1)
        .map(line => line.trim().split(/\s+/))
        .filter(fields => fields[1]?.endsWith(`:${wanted}`) && fields[3] === '0A')
        .map(fields => `socket:[${fields[9]}]`),
    ),
  )
  for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      for (const fd of fs.readdirSync(`/proc/${pid}/fd`)) {
        if (inodes.has(fs.readlinkSync(`/proc/${pid}/fd/${fd}`))) return Number(pid)
      }
    } catch {
      // Gone, or not ours to look into.
    }
  }
  return null
}

/** Rejects when nobody listens there. */
export const ensureListening = async ({ host, port }: Address): Promise<void> => {
  const socket = net.connect({ host, port })
  await once(socket, 'connect')
  socket.destroy()
}
