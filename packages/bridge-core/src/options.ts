import { BridgeError } from './errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { estimatePromptTokens } from './estimate.ts';
import type { AuditPort, FilterPort, LimiterPort, Provider, ProviderRequest } from './ports.ts';
import { secretsOnly } from './secrets-only.ts';
import { DEFAULT_ALLOWED_MODELS, DEFAULT_ALLOWED_SYSTEM_PROMPTS, DEFAULT_MODEL, DEFAULT_MODEL_ALIASES, DEFAULT_NO_PROVIDER_MESSAGE } from './defaults.ts';

/** What a session may set for itself, else the bridge's value holds. */
export interface SessionPolicy {
  /** One deadline for a call with its waiting and its retries, milliseconds, 1–3600000. @default 30000 */
  timeoutPerCallMs?: number;
  /** False: prompts, answers and recorded calls pass unfiltered; provider errors are still filtered. @default true */
  contentFilteringEnabled?: boolean;
  /** `reject` refuses an answer in which something was found. @default 'redact' */
  contentFilterMode?: 'redact' | 'reject';
  /** What is redacted in prompts before they leave. @default 'secrets' */
  filterPrompts?: 'secrets' | 'all' | 'off';
  /** What is redacted in tool results. @default 'off' */
  filterToolResults?: 'off' | 'secrets' | 'all';
}

/** Options of `startBridge`. */
export interface BridgeOptions extends SessionPolicy {
  /** Answers the calls; without one every call is `no_provider`. */
  provider?: Provider;
  /** Text of `no_provider`. @default begins `ANTHROPIC_API_KEY not set` and names the cures */
  noProviderMessage?: string;
  /** Filters everything that is to be filtered. */
  filter?: FilterPort;
  /**
   * Used instead of `filter` where only secrets are to go; its stream keeps long prompts from holding the event loop.
   *
   * @default the secrets that `filter.scan` finds, long texts in one go; `filter` where it has none
   */
  secretsFilter?: FilterPort;
  /** Needed by sessions with limits. */
  limiter?: LimiterPort;
  /** Gets one entry per model call and per tool call; no reply leaves before its entry is kept. */
  audit?: AuditPort;
  /** System texts that may be used, compared exactly. @default '' and the two prompts of {@link DEFAULT_ALLOWED_SYSTEM_PROMPTS} */
  allowedSystemPrompts?: readonly string[];
  /** Models that may be used, compared exactly after aliases. @default {@link DEFAULT_ALLOWED_MODELS} */
  allowedModels?: readonly string[];
  /** Model of a call that names none; must be in `allowedModels`. @default 'claude-sonnet-5-5' */
  defaultModel?: string;
  /** Old name → new name, beside {@link DEFAULT_MODEL_ALIASES}; resolved once, in requests and in `allowedModels`. */
  modelAliases?: Readonly<Record<string, string>>;
  /** Floor of a shrunk `maxTokens`, 1–10000. @default 64 */
  minTokensPerCall?: number;
  /** Prompt tokens to reserve. @default estimatePromptTokens */
  estimatePromptTokens?: (request: ProviderRequest) => number;
  /** Open connections of the bridge, 64–65535. @default 1024 */
  maxConnections?: number;
  /** Connections, and requests in flight, of one session, 1–65535. @default 256 */
  maxConnectionsPerSession?: number;
  /** Bytes of one body of `/sample`, 1024–67108864. @default 1048576 */
  maxPromptBytes?: number;
  /** Bytes of one body of `/tools/call`, 1024–67108864; a session may have four times the larger of the two in flight. @default 4194304 */
  maxBodyBytes?: number;
  /** Also listens on this Unix socket (mode 0600), where the expected Host is `bridge.invalid`. */
  socketPath?: string;
  /** Gets one line per event worth knowing: no content, tokens or keys of ours, but the error messages of the parts passed in. @default nothing */
  log?: (line: string) => void;
  /** @default the machine's clock */
  clock?: Clock;
}

type Optional = 'provider' | 'filter' | 'secretsFilter' | 'limiter' | 'audit' | 'socketPath';

/** Options with every default filled in. */
export type ResolvedOptions = Required<Omit<BridgeOptions, Optional | 'allowedModels' | 'allowedSystemPrompts' | 'modelAliases'>> &
  Pick<BridgeOptions, Optional> & {
    allowedModels: ReadonlySet<string>;
    allowedSystemPrompts: ReadonlySet<string>;
    modelAliases: ReadonlyMap<string, string>;
    /** The default model as it was given, before aliases. */
    givenDefaultModel: string;
  };

/**
 * Checks options and fills in defaults.
 *
 * @throws {BridgeError} `invalid_options` naming the option, its value and what is allowed
 */
export function resolveOptions(options: BridgeOptions): ResolvedOptions {
  const modelAliases = new Map([...Object.entries(DEFAULT_MODEL_ALIASES), ...Object.entries(options.modelAliases ?? {})]);
  const resolve = (name: string): string => modelAliases.get(name) ?? name;
  const allowedModels = new Set(texts('allowedModels', options.allowedModels ?? DEFAULT_ALLOWED_MODELS).map(resolve));
  const defaultModel = resolve(options.defaultModel ?? DEFAULT_MODEL);
  if (!allowedModels.has(defaultModel)) {
    throw new BridgeError(
      'invalid_options',
      `defaultModel ${JSON.stringify(defaultModel)} is not in allowedModels [${[...allowedModels].join(', ')}]: add it there or set another defaultModel`,
    );
  }
  return {
    ...checkPolicy(options),
    ...pick(options, ['provider', 'filter', 'secretsFilter', 'limiter', 'audit', 'socketPath']),
    ...(options.filter && !options.secretsFilter && { secretsFilter: secretsOnly(options.filter) }),
    noProviderMessage: options.noProviderMessage ?? DEFAULT_NO_PROVIDER_MESSAGE,
    allowedSystemPrompts: new Set(texts('allowedSystemPrompts', options.allowedSystemPrompts ?? DEFAULT_ALLOWED_SYSTEM_PROMPTS)),
    allowedModels,
    defaultModel,
    givenDefaultModel: options.defaultModel ?? DEFAULT_MODEL,
    modelAliases,
    minTokensPerCall: integer('minTokensPerCall', options.minTokensPerCall ?? 64, 1, 10_000),
    estimatePromptTokens: options.estimatePromptTokens ?? estimatePromptTokens,
    maxConnections: integer('maxConnections', options.maxConnections ?? 1024, 64, 65_535),
    maxConnectionsPerSession: integer('maxConnectionsPerSession', options.maxConnectionsPerSession ?? 256, 1, 65_535),
    maxPromptBytes: integer('maxPromptBytes', options.maxPromptBytes ?? 1024 * 1024, 1024, 64 * 1024 * 1024),
    maxBodyBytes: integer('maxBodyBytes', options.maxBodyBytes ?? 4 * 1024 * 1024, 1024, 64 * 1024 * 1024),
    log: options.log ?? (() => undefined),
    clock: options.clock ?? systemClock,
  };
}

/** Checks the part of the options that sessions share; missing values come from `base`. */
export function checkPolicy(policy: SessionPolicy, base: SessionPolicy = {}): Required<SessionPolicy> {
  const value = <K extends keyof SessionPolicy>(key: K, fallback: Required<SessionPolicy>[K]): Required<SessionPolicy>[K] =>
    (policy[key] ?? base[key] ?? fallback) as Required<SessionPolicy>[K];
  return {
    timeoutPerCallMs: integer('timeoutPerCallMs', value('timeoutPerCallMs', 30_000), 1, 3_600_000),
    contentFilteringEnabled: oneOf('contentFilteringEnabled', value('contentFilteringEnabled', true), [true, false]),
    contentFilterMode: oneOf('contentFilterMode', value('contentFilterMode', 'redact'), ['redact', 'reject']),
    filterPrompts: oneOf('filterPrompts', value('filterPrompts', 'secrets'), ['secrets', 'all', 'off']),
    filterToolResults: oneOf('filterToolResults', value('filterToolResults', 'off'), ['off', 'secrets', 'all']),
  };
}

/** A whole number in a range, or `invalid_options`. */
export function integer(name: string, value: number, min: number, max: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new BridgeError('invalid_options', `${name} must be a whole number from ${min} to ${max}, got ${String(value)}`);
}

function oneOf<T>(name: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new BridgeError('invalid_options', `${name} must be one of ${allowed.join(', ')}, got ${String(value)}`);
}

function texts(name: string, value: readonly string[]): readonly string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new BridgeError('invalid_options', `${name} must be an array of strings, got ${JSON.stringify(value)}`);
}

function pick<K extends Optional>(options: BridgeOptions, keys: readonly K[]): Pick<BridgeOptions, K> {
  const entries = keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]);
  return Object.fromEntries(entries) as Pick<BridgeOptions, K>;
}
