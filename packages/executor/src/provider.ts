import { createAnthropicProvider, createEchoProvider, type Provider } from '@code-executor/bridge-core';
import type { Config } from './config/schema.ts';

/** Who answers the programs' questions, or why nobody does. */
export interface ProviderChoice {
  /** The provider's name in configuration. */
  name: 'anthropic' | 'mcp' | 'echo' | 'none';
  provider?: Provider;
  /** What a program is told where there is no provider. */
  noProviderMessage?: string;
}

const NO_KEY =
  'ANTHROPIC_API_KEY not set. Export ANTHROPIC_API_KEY, or put "anthropicApiKey" into ~/.code-executor/config.json; ' +
  'CODE_EXECUTOR_SAMPLING_PROVIDER=echo answers offline, for tests';

const NO_CLIENT_SAMPLING =
  'Sampling through the MCP client is not available in this version. ' +
  'Set CODE_EXECUTOR_SAMPLING_PROVIDER to anthropic (with ANTHROPIC_API_KEY) or echo';

/** Chooses the provider that the configuration asks for; `auto` takes the API where a key is found. */
export function chooseProvider(config: Config, log: (line: string) => void): ProviderChoice {
  const { provider } = config.sampling;
  if (provider === 'echo') return { name: 'echo', provider: createEchoProvider() };
  if (provider === 'mcp') return { name: 'none', noProviderMessage: NO_CLIENT_SAMPLING };
  const { anthropicApiKey: apiKey, anthropicBaseUrl: baseUrl } = config;
  if (apiKey === undefined) return { name: 'none', noProviderMessage: NO_KEY };
  return {
    name: 'anthropic',
    provider: createAnthropicProvider({ apiKey, log, ...(baseUrl !== undefined && { baseUrl }) }),
  };
}
