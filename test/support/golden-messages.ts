import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** Data of `test/golden/messages`, whose README explains it. */
const load = (name: string): unknown =>
  JSON.parse(gunzipSync(readFileSync(join(__dirname, '../golden/messages', `${name}.json.gz`))).toString())

export interface GoldenVector {
  readonly version: number
  readonly kind: string
  readonly json: GoldenObject
  readonly hex: string
}

export interface GoldenObject {
  readonly [name: string]: unknown
}

export interface GoldenMessage {
  readonly name: string
  readonly type: string
  readonly recordType?: number
  readonly vectors: readonly GoldenVector[]
}

export interface GoldenFrame {
  readonly apiKey: number
  readonly name: string
  readonly direction: 'request' | 'response'
  readonly version: number
  readonly headerVersion: number
  readonly correlationId: number
  readonly clientId?: string | null
  readonly hex: string
}

/** A field as Kafka defines it. */
export interface GoldenField {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly flexibleVersions?: string
  readonly default?: string | number | boolean
  readonly fields?: readonly GoldenField[]
}

export interface GoldenDefinition {
  readonly name: string
  readonly type: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: readonly GoldenField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly GoldenField[] }[]
}

export interface GoldenDefinitions {
  readonly apis: readonly {
    readonly key: number
    readonly name: string
    readonly validVersions: string
    readonly latestVersionUnstable: boolean
  }[]
  readonly errors: readonly { readonly code: number; readonly name: string; readonly retriable: boolean }[]
  readonly headerVersions: readonly {
    readonly apiKey: number
    readonly version: number
    readonly requestHeaderVersion: number
    readonly responseHeaderVersion: number
  }[]
  readonly messages: readonly GoldenDefinition[]
}

export const goldenDefinitions = (): GoldenDefinitions => load('definitions') as GoldenDefinitions

export const messageVectors = (): readonly GoldenMessage[] => load('message-vectors') as GoldenMessage[]

export const recordVectors = (): readonly GoldenMessage[] => load('record-vectors') as GoldenMessage[]

export const lengthVectors = (): readonly (GoldenVector & { readonly name: string })[] =>
  load('length-vectors') as (GoldenVector & { name: string })[]

export const frameVectors = (): readonly GoldenFrame[] => load('frame-vectors') as GoldenFrame[]
