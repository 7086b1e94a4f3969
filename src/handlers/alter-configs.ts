/**
 * AlterConfigs (33), versions 0-2: replaces all settings that a topic, broker or group has of its own. Clients prefer
 * IncrementalAlterConfigs.
 */
import { AlterConfigs } from '../../protocol/messages/33-alter-configs'
import { replacement } from '../config/config-alteration'
import { alterResources, type ConfigDependencies } from './config-resources'
import { handler } from './handler'

export const alterConfigs = (dependencies: ConfigDependencies) =>
  handler(
    AlterConfigs,
    {
      versions: [0, 2],
      errorResponse: (errorCode, errorMessage, { resources }) => ({
        responses: resources.map(resource => ({ ...resource, errorCode, errorMessage })),
      }),
    },
    async ({ resources, validateOnly }) => ({
      responses: await alterResources(dependencies, resources, validateOnly, ({ configs }, current) =>
        replacement(current, configs),
      ),
    }),
  )
