import fs from 'node:fs'

/** The descriptor of one file, which can be opened again whenever it was given up. */
export interface Slot {
  /** Where the file is now. */
  path: string
  /** -1 while closed. */
  fd: number
  /** Asynchronous calls in flight: the descriptor must stay. */
  users: number
  /** Written since the last sync. Such a descriptor is given up late, because the system reports a failed write-back to it. */
  dirty: boolean
  /** Rounds of the clock hand that the descriptor survives without being used. */
  chances: number
  /** The system's complaint when the descriptor was given up; thrown at the next use. */
  failure: unknown
}

const CHANCES_CLEAN = 1
const CHANCES_DIRTY = 4

/**
 * Keeps at most `limit` descriptors open, by the clock algorithm: a use costs one store, and the hand that looks for a victim takes
 * descriptors that were not used since it last came by. Descriptors in use are never taken, so the limit may be passed by their number.
 * When the process runs out of descriptors all the same (EMFILE), one is given up and the open is tried again.
 */
export class DescriptorCache {
  readonly #limit: number
  readonly #open: Slot[] = []
  #hand = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get openCount(): number {
    return this.#open.length
  }

  /** The descriptor of `slot`, opened with `flags` if it is not open. */
  descriptorOf(slot: Slot, flags: string | number): number {
    slot.chances = slot.dirty ? CHANCES_DIRTY : CHANCES_CLEAN
    if (slot.fd >= 0) return slot.fd
    if (slot.failure) throw slot.failure
    while (this.#open.length >= this.#limit && this.#giveUpOne());
    slot.fd = this.#openFile(slot.path, flags)
    this.#open.push(slot)
    return slot.fd
  }

  /** Closes the descriptor, if it is open. */
  close(slot: Slot): void {
    if (slot.fd >= 0) this.#closeAt(this.#open.indexOf(slot))
  }

  #openFile(path: string, flags: string | number): number {
    for (;;) {
      try {
        return fs.openSync(path, flags)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if ((code !== 'EMFILE' && code !== 'ENFILE') || !this.#giveUpOne()) throw error
      }
    }
  }

  /** False when all are in use. */
  #giveUpOne(): boolean {
    const stepsMax = this.#open.length * (CHANCES_DIRTY + 1)
    for (let step = 0; step < stepsMax; step++) {
      if (this.#hand >= this.#open.length) this.#hand = 0
      const slot = this.#open[this.#hand]!
      if (slot.users === 0 && slot.chances-- <= 0) {
        try {
          this.#closeAt(this.#hand)
        } catch (error) {
          slot.failure = error
        }
        return true
      }
      this.#hand++
    }
    return false
  }

  #closeAt(index: number): void {
    const slot = this.#open[index]!
    const last = this.#open.pop()!
    if (last !== slot) this.#open[index] = last
    const { fd } = slot
    slot.fd = -1
    fs.closeSync(fd)
  }
}
