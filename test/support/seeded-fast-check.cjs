/**
 * fast-check with a seed that stays the same, so that a run of the tests says something about the change and not about luck. Another seed:
 * FAST_CHECK_SEED=123 npm test
 */
const fc = require('../../node_modules/fast-check/lib/cjs/fast-check.js')

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.FAST_CHECK_SEED ?? 42) })

module.exports = fc
