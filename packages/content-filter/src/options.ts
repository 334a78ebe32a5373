import type { Rule } from './engine/rule.ts';
import { ContentFilterError } from './errors.ts';

/** What the filter looks for. */
export interface ContentFilterOptions {
  /** Redact secrets (keys, tokens, private keys). @default true */
  secrets?: boolean;
  /** Redact personal data (e-mail addresses, social security and card numbers). @default true */
  pii?: boolean;
  /** Names of patterns to leave alone, for example `['email']`. @default [] */
  exclude?: readonly string[];
}

const KNOWN = ['secrets', 'pii', 'exclude'];

/**
 * Picks the rules that the options leave switched on.
 *
 * @throws {ContentFilterError} `invalid_options`: an option is unknown or of the wrong type, a pattern is unknown, or
 * no rule is left
 */
export function selectRules(rules: readonly Rule[], options: ContentFilterOptions): Rule[] {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw invalid(`options must be an object, got ${show(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!KNOWN.includes(key)) throw invalid(`unknown option ${show(key)}; known: ${KNOWN.join(', ')}`);
  }
  const isOn = { secret: readSwitch(options, 'secrets'), pii: readSwitch(options, 'pii') };
  const excluded = readExclude(rules, options.exclude);
  const selected = rules.filter((rule) => isOn[rule.type] && !excluded.includes(rule.pattern));
  if (selected.length === 0) {
    throw invalid('no rule is left switched on, so nothing would be redacted; set secrets or pii to true, or exclude less');
  }
  return selected;
}

function readSwitch(options: ContentFilterOptions, key: 'secrets' | 'pii'): boolean {
  const value: unknown = options[key] === undefined ? true : options[key];
  if (typeof value !== 'boolean') throw invalid(`option ${key} must be true or false, got ${show(value)}`);
  return value;
}

function readExclude(rules: readonly Rule[], value: unknown = []): string[] {
  if (!Array.isArray(value)) throw invalid(`option exclude must be an array of pattern names, got ${show(value)}`);
  const known = new Set(rules.map((rule) => rule.pattern));
  return value.map((name: unknown) => {
    if (typeof name === 'string' && known.has(name)) return name;
    throw invalid(`option exclude names the unknown pattern ${show(name)}; known: ${[...known].join(', ')}`);
  });
}

function invalid(message: string): ContentFilterError {
  return new ContentFilterError('invalid_options', `Content filter: ${message}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'number' ? `${value} (number)` : `a value of type ${typeof value}`;
}
