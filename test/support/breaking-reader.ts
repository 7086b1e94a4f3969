import { NodeTransport } from '../../src/io/node/node-transport'

/** Sends requests over a connection of their own and goes away when the first answer begins to come. */
export const breakOff = async (
  address: { readonly host: string; readonly port: number },
  frames: readonly Buffer[],
): Promise<void> => {
  const stream = await new NodeTransport().connect({ ...address, timeoutMs: 5000 })
  await new Promise<void>(resolve => {
    stream.on({ data: () => stream.destroy(), drain() {}, end() {}, close: () => resolve() })
    stream.write(frames)
  })
}
