import { DEFAULT_MAX_TOKENS } from '../defaults.ts';
import { BridgeError } from '../errors.ts';
import type { ProviderMessage, ProviderRequest } from '../ports.ts';
import type { SessionState } from '../session/session.ts';
import type { SampleRequest, WireMessage } from '../types.ts';

/**
 * Brings a request to the provider's form: system text in one place, blocks joined, defaults filled in.
 *
 * @throws {BridgeError} `invalid_request` for two system texts or no message that is not one
 */
export function normalize(session: SessionState, wire: SampleRequest): ProviderRequest {
  const texts = wire.messages.map((message) => ({ role: message.role, content: textOf(message) }));
  const system = [wire.systemPrompt ?? '', ...texts.filter(({ role }) => role === 'system').map(({ content }) => content)].filter((text) => text !== '');
  if (system.length > 1) {
    throw new BridgeError('invalid_request', `Invalid request: ${system.length} system texts; give one, as systemPrompt or as one message with role "system"`);
  }
  const messages = texts.filter((message): message is ProviderMessage => message.role !== 'system');
  if (messages.length === 0) throw new BridgeError('invalid_request', 'Invalid request: messages holds no message with role "user" or "assistant"; give at least one');
  return { model: resolveModel(session, wire.model), maxTokens: wire.maxTokens ?? DEFAULT_MAX_TOKENS, systemPrompt: system[0] ?? '', messages };
}

/**
 * Step 3: system text and model must be on their lists, exactly.
 *
 * @throws {BridgeError} `system_prompt`, `model`
 */
export function checkAllowlists(session: SessionState, request: ProviderRequest): void {
  const { allowedSystemPrompts, allowedModels } = session.options;
  if (!allowedSystemPrompts.has(request.systemPrompt)) {
    const shown = Array.from(request.systemPrompt.slice(0, 200)).slice(0, 100).join('');
    throw new BridgeError('system_prompt', `System prompt not in allowlist: ${shown}`);
  }
  if (!allowedModels.has(request.model)) {
    throw new BridgeError('model', `Model not in allowlist: ${request.model}. Allowed: ${[...allowedModels].join(', ')}`);
  }
}

function resolveModel(session: SessionState, asked: string | undefined): string {
  const { modelAliases, allowedModels, givenDefaultModel } = session.options;
  const name = asked ?? givenDefaultModel;
  const successor = modelAliases.get(name);
  if (successor === undefined) return name;
  if (allowedModels.has(successor)) session.log.warn('model_alias', `Model ${name} is no longer offered; ${successor} was used`);
  return successor;
}

function textOf(message: WireMessage): string {
  return typeof message.content === 'string' ? message.content : message.content.map(({ text }) => text).join('');
}
