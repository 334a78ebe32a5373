import type { IncomingHttpHeaders } from 'node:http';

/** Body of `POST /v1/messages`, as far as this project sends it. */
export interface MessagesRequest {
  model: string;
  max_tokens: number;
  messages: { role: 'user' | 'assistant'; content: string }[];
  system?: string;
  stream?: boolean;
}

/** What a refused request is told, in the API's terms. */
export interface Refusal {
  status: number;
  type: string;
  message: string;
}

/** A request as it came. */
export interface RawRequest {
  url: string;
  method: string;
  headers: IncomingHttpHeaders;
  text: string;
}

const KEYS = { messages: new Set(['model', 'max_tokens', 'messages', 'system', 'stream']), count: new Set(['model', 'messages', 'system']) };

/** Prompt tokens: four characters each, and three for every message. */
export function tokensIn(request: MessagesRequest): number {
  return request.messages.reduce((sum, { content }) => sum + 3 + Math.ceil(content.length / 4), Math.ceil((request.system ?? '').length / 4));
}

/** Refuses what the real API would refuse, and keys that this project has no reason to send. */
export function validateRequest(raw: RawRequest, expected: { apiKey: string; models: readonly string[] }): Refusal | { request: MessagesRequest; count: boolean } {
  const count = raw.url === '/v1/messages/count_tokens';
  if (!count && raw.url !== '/v1/messages') return { status: 404, type: 'not_found_error', message: `no such path: ${raw.url}` };
  if (raw.method !== 'POST') return { status: 405, type: 'invalid_request_error', message: `method ${raw.method}` };
  const { authorization, 'x-api-key': key } = raw.headers;
  if ((authorization ?? `Bearer ${String(key)}`) !== `Bearer ${expected.apiKey}`) return { status: 401, type: 'authentication_error', message: 'invalid x-api-key' };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(String(raw.headers['anthropic-version']))) return invalid('anthropic-version: header is required');
  if (!raw.headers['content-type']?.startsWith('application/json')) return invalid('content-type must be application/json');
  let body: unknown;
  try {
    body = JSON.parse(raw.text);
  } catch {
    return invalid('the body is not JSON');
  }
  const problem = problemIn(body, count);
  if (problem !== undefined) return invalid(problem);
  const request = body as MessagesRequest;
  if (!expected.models.includes(request.model)) return { status: 404, type: 'not_found_error', message: `model: ${request.model}` };
  return { request, count };
}

function invalid(message: string): Refusal {
  return { status: 400, type: 'invalid_request_error', message };
}

function problemIn(body: unknown, count: boolean): string | undefined {
  if (typeof body !== 'object' || body === null) return 'the body is not an object';
  const request = body as Partial<Record<keyof MessagesRequest, unknown>>;
  const known = count ? KEYS.count : KEYS.messages;
  const extra = Object.keys(request).find((key) => !known.has(key));
  if (extra !== undefined) return `${extra}: Extra inputs are not permitted`;
  if (typeof request.model !== 'string') return 'model: Field required';
  if (!count && !(Number.isInteger(request.max_tokens) && (request.max_tokens as number) >= 1)) return 'max_tokens: must be at least 1';
  if (request.system !== undefined && (typeof request.system !== 'string' || request.system === '')) return 'system: must be a non-empty string';
  if (request.stream !== undefined && typeof request.stream !== 'boolean') return 'stream: must be a boolean';
  if (!Array.isArray(request.messages) || request.messages.length === 0) return 'messages: at least one message is required';
  return request.messages.map(problemInMessage).find((problem) => problem !== undefined);
}

function problemInMessage(message: unknown, index: number): string | undefined {
  const { role, content, ...rest } = (message ?? {}) as Record<string, unknown>;
  if (role !== 'user' && role !== 'assistant') return `messages.${index}.role: ${String(role)}`;
  if (typeof content !== 'string' || content === '') return `messages.${index}.content: must be non-empty`;
  return Object.keys(rest).length === 0 ? undefined : `messages.${index}: Extra inputs are not permitted`;
}
