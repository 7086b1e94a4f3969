export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}
