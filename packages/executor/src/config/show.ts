import type { Config } from './schema.ts';

const MASK = '********';

/** A copy fit to be shown: keys, and whatever servers get in env and headers, are masked. */
export function maskConfig(config: Config): Config {
  const masked = structuredClone(config);
  if (masked.anthropicApiKey !== undefined) masked.anthropicApiKey = MASK;
  for (const server of Object.values(masked.mcpServers)) {
    for (const field of ['env', 'headers'] as const) {
      const values = (server as Record<string, unknown>)[field] as Record<string, string> | undefined;
      // A reference to a variable is no secret, and helps to see what is meant.
      for (const name of Object.keys(values ?? {})) {
        if (values && !/^\$\{\w+\}$/.test(values[name] ?? '')) values[name] = MASK;
      }
    }
  }
  return masked;
}
