import type { Config, ServerEntry } from './schema.ts';

const MASK = '********';

/** Fields of a server's entry that hold no secret; whatever else an entry brings is masked. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set(['type', 'command', 'cwd', 'disabled']);

/** Names after which a secret follows: `--api-key`, `token`, `DB_PASSWORD`. */
const SECRET_NAME = /(?:(?:key|token|secret|passw(?:or)?d|passphrase|credential|auth|bearer)s?|(?:^|[-_])(?:pass|pat|pin))$/i;

/** A copy fit to be shown: the key is masked, and so is whatever a server gets that may be a secret. */
export function maskConfig(config: Config): Config {
  const masked = structuredClone(config);
  if (masked.anthropicApiKey !== undefined) masked.anthropicApiKey = MASK;
  if (masked.anthropicBaseUrl !== undefined) masked.anthropicBaseUrl = maskUrl(masked.anthropicBaseUrl);
  for (const [name, server] of Object.entries(masked.mcpServers)) masked.mcpServers[name] = maskServer(server);
  return masked;
}

function maskServer(server: ServerEntry): ServerEntry {
  const entries = Object.entries(server).map(([field, value]) => {
    if (value === undefined || PLAIN_FIELDS.has(field)) return [field, value];
    if (field === 'args') return [field, (value as string[]).map(maskArgument)];
    if (field === 'url') return [field, maskUrl(value as string)];
    return [field, maskAll(value)];
  });
  return Object.fromEntries(entries) as ServerEntry;
}

/** Masks every text in a value, but a reference to a variable, which is no secret and helps to see what is meant. */
function maskAll(value: unknown): unknown {
  if (typeof value === 'string') return isReference(value) ? value : MASK;
  if (Array.isArray(value)) return value.map(maskAll);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, maskAll(child)]));
}

/** Masks the value of `--token X`, `--token=X`, `Bearer X`, an address's own credentials, and a text that looks drawn by lot. */
function maskArgument(argument: string, index: number, all: readonly string[]): string {
  if (isReference(argument)) return argument;
  const before = all[index - 1];
  if (before !== undefined && !before.includes('=') && SECRET_NAME.test(before) && !argument.startsWith('-')) return MASK;
  const [, name, value] = /^([^=\s:/?]+)=(.+)$/s.exec(argument) ?? [];
  if (name !== undefined && value !== undefined && SECRET_NAME.test(name)) return isReference(value) ? argument : `${name}=${MASK}`;
  if (/^[a-z][\w+.-]*:\/\//i.test(argument)) return maskUrl(argument);
  return looksDrawn(argument) || /\b(?:bearer|basic)\s+\S/i.test(argument) ? MASK : argument;
}

/** An address without user, password and the values of its query. */
function maskUrl(text: string): string {
  return text
    .replace(/^([a-z][\w+.-]*:\/\/)[^/?#@]*(?:@[^/?#@]*)*@/i, `$1${MASK}@`)
    .replace(/([?&][^=&#]*=)([^&#]*)/g, (_, name: string, value: string) => name + (isReference(value) ? value : MASK))
    .replace(/#.*$/s, `#${MASK}`);
}

/** Whether a part is long and mixes letters with digits, or is a UUID: a token rather than a word, a package or a file. */
function looksDrawn(text: string): boolean {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return true;
  return text.split(/[^a-z0-9]+/i).some((part) => part.length >= 16 && /\d/.test(part) && /[a-z]/i.test(part));
}

function isReference(text: string): boolean {
  return /^\$\{\w+\}$/.test(text);
}
