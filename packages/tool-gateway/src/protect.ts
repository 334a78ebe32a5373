import { invalidConfig } from './errors.ts';

/** Variables that carry this product's own access to a model, and its own settings. */
const OURS = /^(?:ANTHROPIC_(?:API_KEY|AUTH_TOKEN)|CODE_EXECUTOR_.*)$/iu;
/** Anything shorter occurs in ordinary text by chance. */
const SHORTEST_SECRET = 8;

/** Refuses to hand our own keys to a downstream server. */
export interface KeyGuard {
  /** @throws {ToolGatewayError} `invalid_config` where the variable is one of ours. */
  checkName(variable: string, where: string): void;
  /** @throws {ToolGatewayError} `invalid_config` where the text holds the value of one of our keys. */
  checkValue(text: string, where: string): void;
}

/**
 * A guard for the keys in `env` and those in `secrets`.
 *
 * @param secrets Further values that must not pass. Values under 8 characters are not looked for.
 */
export function createKeyGuard(env: Readonly<Record<string, string | undefined>>, secrets: readonly string[]): KeyGuard {
  const named = Object.entries(env).flatMap(([name, value]) => (/^ANTHROPIC_/iu.test(name) && OURS.test(name) ? [{ name, value: value?.trim() ?? '' }] : []));
  const values = [...named, ...secrets.map((value) => ({ name: 'the configured API key', value: value.trim() }))].filter(
    ({ value }) => value.length >= SHORTEST_SECRET,
  );
  return {
    checkName: (variable, where) => {
      if (OURS.test(variable)) throw invalidConfig(where, `must not use \${${variable}}: it is never passed on to another server; give that server a key of its own`);
    },
    checkValue: (text, where) => {
      const found = values.find(({ value }) => text.includes(value));
      if (found) throw invalidConfig(where, `holds the value of ${found.name}, which is never passed on to another server; give that server a key of its own`);
    },
  };
}
