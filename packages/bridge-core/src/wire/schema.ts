import * as z from 'zod/mini';
import { MAX_MAX_TOKENS } from '../defaults.ts';
import { BridgeError } from '../errors.ts';
import type { ToolCallRequest } from '../tools/call-tool.ts';
import type { SampleRequest } from '../types.ts';

/** Most messages of one request. */
export const MAX_MESSAGES = 1_000;
/** Most text blocks of one message. */
export const MAX_BLOCKS = 1_000;

const tokens = `a whole number from 1 to ${MAX_MAX_TOKENS}`;
const name = 'a string of 1 to 256 characters';

const block = z.strictObject(
  { type: z.literal('text', { error: '"text"' }), text: z.string({ error: 'a string' }) },
  { error: keysOr('an object {type: "text", text}') },
);
const content = z.union([z.string(), z.array(block).check(z.maxLength(MAX_BLOCKS))], { error: 'a string or an array of {type: "text", text}' });
const message = z.strictObject(
  { role: z.enum(['user', 'assistant', 'system'], { error: '"user", "assistant" or "system"' }), content },
  { error: keysOr('an object {role, content}') },
);

const sampleRequest = z.strictObject(
  {
    messages: z.array(message, { error: `an array of 1 to ${MAX_MESSAGES} messages` }).check(z.minLength(1), z.maxLength(MAX_MESSAGES)),
    model: z.optional(z.string({ error: name }).check(z.minLength(1), z.maxLength(256))),
    maxTokens: z.optional(z.number({ error: tokens }).check(z.int({ error: tokens }), z.minimum(1), z.maximum(MAX_MAX_TOKENS))),
    systemPrompt: z.optional(z.string({ error: 'a string' })),
    stream: z.optional(z.boolean({ error: 'true or false' })),
  },
  { error: keysOr('an object {messages, model?, maxTokens?, systemPrompt?, stream?}') },
);

const toolCall = z.strictObject(
  {
    name: z.string({ error: name }).check(z.minLength(1), z.maxLength(256), z.regex(/^[\x21-\x7e]{1,256}$/, { error: 'printable ASCII without blanks' })),
    // Checked, not copied: a copy would have to deal with keys like __proto__.
    arguments: z.optional(z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), { error: 'an object' })),
  },
  { error: keysOr('an object {name, arguments?}') },
);

/** @throws {BridgeError} `invalid_request` naming the place, what is expected there and what came */
export function parseSampleRequest(value: unknown): SampleRequest {
  const parsed = z.safeParse(sampleRequest, value);
  if (!parsed.success) throw refusal(parsed.error.issues, value);
  return parsed.data as SampleRequest;
}

/** @throws {BridgeError} `invalid_request` naming the place, what is expected there and what came */
export function parseToolCall(value: unknown): ToolCallRequest {
  const parsed = z.safeParse(toolCall, value);
  if (!parsed.success) throw refusal(parsed.error.issues, value);
  return { name: parsed.data.name, arguments: parsed.data.arguments ?? {} };
}

function keysOr(shape: string): (issue: { code?: string | undefined }) => string {
  return (issue) => (issue.code === 'unrecognized_keys' ? `known keys only (${shape.replace(/^an object /, '')})` : shape);
}

const LENGTHS: Record<string, string> = { messages: `an array of 1 to ${MAX_MESSAGES} messages`, model: name, name, maxTokens: tokens };

function refusal(issues: readonly z.core.$ZodIssue[], value: unknown): BridgeError {
  const issue = issues[0];
  if (!issue) return new BridgeError('invalid_request', 'Invalid request: the body does not have the expected form');
  const place = issue.path.reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`), '');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.slice(0, 5).map((key) => JSON.stringify(key.slice(0, 64)));
    return new BridgeError('invalid_request', `Invalid request: unknown key ${keys.join(', ')}${place === '' ? '' : ` in ${place}`}; ${issue.message}`);
  }
  const found = issue.path.reduce<unknown>((node, key) => (typeof node === 'object' && node !== null ? (node as Record<PropertyKey, unknown>)[key] : undefined), value);
  const last = issue.path.at(-1);
  const expected = issue.message === 'Invalid input' ? ((typeof last === 'string' && LENGTHS[last]) || 'another value') : issue.message;
  return new BridgeError('invalid_request', `Invalid request: ${place === '' ? 'the body' : place} must be ${expected}, got ${show(found)}`);
}

/** A value in a message: short, and never a whole text of the user's. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'string') return value.length > 64 ? `a string of ${value.length} characters` : JSON.stringify(value);
  return String(value);
}
