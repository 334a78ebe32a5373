/** Model of a call that names none. */
export const DEFAULT_MODEL = 'claude-sonnet-5-5';

/** Models that may be used where the operator names none. */
export const DEFAULT_ALLOWED_MODELS: readonly string[] = ['claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-opus-5-5'];

/** Retired or ending model names and their successors. */
export const DEFAULT_MODEL_ALIASES: Readonly<Record<string, string>> = {
  'claude-sonnet-4-5': 'claude-sonnet-5-5',
  'claude-3-5-sonnet-20241022': 'claude-sonnet-5-5',
  'claude-3-5-haiku-20241022': 'claude-haiku-5-5',
};

/** System texts that may be used where the operator names none; '' is no system text. */
export const DEFAULT_ALLOWED_SYSTEM_PROMPTS: readonly string[] = ['', 'You are a helpful assistant', 'You are a code analysis expert'];

/** What user code reads where no model can be reached. */
export const DEFAULT_NO_PROVIDER_MESSAGE: string =
  'ANTHROPIC_API_KEY not set. Set the environment variable ANTHROPIC_API_KEY, or "anthropicApiKey" in the configuration file, ' +
  'or choose another provider ("echo" works offline)';

/** `maxTokens` of a call that names none. */
export const DEFAULT_MAX_TOKENS = 1000;

/** Upper bound of `maxTokens`. */
export const MAX_MAX_TOKENS = 10_000;
