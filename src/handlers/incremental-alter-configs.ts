/**
 * IncrementalAlterConfigs (44), versions 0-1: sets, deletes, and extends or cuts lists of, settings of topics, brokers and groups (KIP-339,
 * KIP-848).
 */
import { IncrementalAlterConfigs } from '../../protocol/messages/44-incremental-alter-configs'
import { alterResources, type ConfigDependencies } from './config-resources'
import { handler } from './handler'

export const incrementalAlterConfigs = (dependencies: ConfigDependencies) =>
  handler(
    IncrementalAlterConfigs,
    {
      versions: [0, 1],
      errorResponse: (errorCode, errorMessage, { resources }) => ({
        responses: resources.map(resource => ({ ...resource, errorCode, errorMessage })),
      }),
    },
    async ({ resources, validateOnly }) => ({
      responses: await alterResources(dependencies, resources, validateOnly, ({ configs }) =>
        configs.map(({ name, configOperation, value }) => ({ name, type: configOperation, value })),
      ),
    }),
  )
