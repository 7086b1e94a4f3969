import type { FieldDefinition, MessageDefinition } from '../../protocol/schema/message'

/** Where in a structure error codes are. */
interface ErrorPlaces {
  /** Whether the structure itself has one. */
  readonly isHere: boolean
  /** The fields that hold structures with some. */
  readonly within: readonly { readonly field: string; readonly places: ErrorPlaces }[]
}

type Structure = Readonly<Record<string, unknown>>

const ERROR_CODE = 'errorCode'

/** Finds the error codes in answers of one API; where to look follows from its schema. */
export class ResponseErrors {
  readonly #places: ErrorPlaces | null

  constructor(response: MessageDefinition) {
    this.#places = placesIn(response.fields)
  }

  /** Calls back with every error code of the answer that is not NONE. */
  each(answer: object, found: (errorCode: number) => void): void {
    if (this.#places) visit(answer as Structure, this.#places, found)
  }
}

const placesIn = (fields: readonly FieldDefinition[]): ErrorPlaces | null => {
  const within = fields.flatMap(({ name, fields: inner }) => {
    const places = inner ? placesIn(inner) : null
    return places ? [{ field: name, places }] : []
  })
  const isHere = fields.some(({ name }) => name === ERROR_CODE)
  return isHere || within.length > 0 ? { isHere, within } : null
}

/** What a handler leaves out has its default: no error. */
const visit = (structure: Structure, { isHere, within }: ErrorPlaces, found: (errorCode: number) => void): void => {
  const code = isHere ? structure[ERROR_CODE] : 0
  if (typeof code === 'number' && code !== 0) found(code)
  for (const { field, places } of within) {
    const value = structure[field]
    if (Array.isArray(value)) for (const element of value) visit(element as Structure, places, found)
    else if (value !== undefined && value !== null) visit(value as Structure, places, found)
  }
}
