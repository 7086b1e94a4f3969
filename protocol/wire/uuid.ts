/** An id in Kafka's text form: 16 bytes as base64url without padding, 22 characters. This one stands for "no id". */
export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

/** Bytes of an id on the wire. */
export const UUID_SIZE = 16
