declare module 'snappyjs' {
  /** One block of raw snappy. */
  export function compress(content: Buffer): Buffer
}
