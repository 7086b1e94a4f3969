import { FinalChecks } from './final-checks'
import { Inspector } from './inspector'
import type { Population } from './population'
import type { World } from './world'

const PAUSE_MS_MAX = 600

/** Looks all the time at what groups have committed: a step back that the next commit hides is one, too. */
export class Observer extends Inspector {
  readonly #checks: FinalChecks
  readonly #population: Population

  constructor(world: World, population: Population) {
    super(world, 'observer')
    this.#checks = new FinalChecks(world, this)
    this.#population = population
  }

  protected override async live(): Promise<void> {
    for (;;) {
      await this.idle(this.world.below(PAUSE_MS_MAX))
      await this.#checks.committedOffsets(this.#population.groups)
    }
  }
}
