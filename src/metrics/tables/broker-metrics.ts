import { metrics } from '../metric'

/** The broker itself. */
export const brokerMetrics = metrics({
  build: {
    name: 'odradek_build_info',
    type: 'gauge',
    labels: ['version', 'node'],
    help: 'Always 1: the version of the broker and of Node.js',
  },
  ready: {
    name: 'odradek_ready',
    type: 'gauge',
    help: '1 while clients are served, as /health/ready says',
  },
})
