const VARIABLE = 'ODRADEK_KAFKAJS_SUITE'

/** What the runner tells the processes that it starts. */
export interface EnvironmentSettings {
  /** Where the broker listens. */
  readonly host: string
  readonly port: number
  /** Gets a line of JSON, a `TestResult`, for each test. */
  readonly resultsFile: string
}

export const environmentSettings = (): EnvironmentSettings => JSON.parse(process.env[VARIABLE]!)

/** The variables of a process that shall know them. */
export const asEnvironment = (settings: EnvironmentSettings): NodeJS.ProcessEnv => ({
  [VARIABLE]: JSON.stringify(settings),
})
