import { createToolGateway, ToolGatewayError, type ServerConfig, type ToolGateway } from '@code-executor/tool-gateway';
import type { Environment } from './config/environment.ts';
import type { Config, ServerEntry } from './config/schema.ts';
import { ExecutorError } from './errors.ts';

/**
 * The gateway to the configured servers; connects to none of them yet.
 *
 * @param source what an error names as the origin of the configuration
 * @param secrets keys of ours that no server may be given, beside those in `env`
 * @throws {ExecutorError} `config` where an entry cannot work: a name that no tool name could carry, a variable that
 * is not set, a key of ours that would be passed on
 */
export function openGateway(
  config: Config,
  env: Environment,
  log: (line: string) => void,
  source = 'the given configuration',
  secrets: readonly string[] = [config.anthropicApiKey ?? ''],
): ToolGateway {
  const { mcpServers, tools } = config;
  try {
    return createToolGateway({
      servers: Object.fromEntries(Object.entries(mcpServers).map(([name, entry]) => [name, serverConfig(entry)])),
      policy: { allow: tools.allow, deny: tools.deny },
      callTimeoutMs: tools.callTimeoutMs,
      secrets,
      env,
      log,
    });
  } catch (error) {
    if (!(error instanceof ToolGatewayError)) throw error;
    throw new ExecutorError('config', `${source}: ${error.message}`, { cause: error });
  }
}

function serverConfig({ type, command, args, env, cwd, url, headers, disabled }: ServerEntry): ServerConfig {
  return { type: type === 'streamableHttp' ? 'http' : type, command, args, env, cwd, url, headers, disabled };
}
