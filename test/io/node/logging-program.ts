import { pinoLogger } from '../../../src/io/node/pino-logger'

/** Logs as many lines as its argument says, says so on stdout, and after every byte on stdin logs one more; ends with stdin. */
const logger = pinoLogger({ format: 'json' })
const count = Number(process.argv[2])
for (let index = 0; index < count; index++) logger.info('x'.repeat(100), { index })
process.stdout.write('logged\n')
process.stdin.on('data', () => logger.info('one more'))
process.stdin.on('end', () => logger.close().then(() => process.exit(7)))
