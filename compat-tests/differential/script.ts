import type { Stage } from './stage'

/** Requests that both brokers get; every answer is compared. It may use values of earlier answers, but must not decide by them. */
export type Play = (stage: Stage, version: number) => Promise<unknown>

export interface Script {
  /** Unique: the area, what it is about, and the version where it is played in several. */
  readonly name: string
  readonly play: (stage: Stage) => Promise<unknown>
}

/** One script for each of `versions`, which are those of the API that it is about. */
export const script = (name: string, versions: readonly number[], play: Play): readonly Script[] =>
  versions.map(version => ({
    name: versions.length === 1 ? name : `${name}, version ${version}`,
    play: stage => play(stage, version),
  }))

/** Scripts about the same. */
export interface Area {
  readonly name: string
  readonly scripts: readonly Script[]
}

export const area = (name: string, ...scripts: readonly (readonly Script[])[]): Area => ({
  name,
  scripts: scripts.flat().map(({ name: about, play }) => ({ name: `${name}: ${about}`, play })),
})
