/** Bytes that are not what they should be: the one error of decoding. The message says what was found and where. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}
