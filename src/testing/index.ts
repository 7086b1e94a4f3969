/** `odradek/testing`: a broker for tests, whatever runs them. */
export { type TestHooks, useBroker } from './use-broker'
