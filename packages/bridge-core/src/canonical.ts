import type { ProviderRequest } from './ports.ts';

/**
 * The form of a prompt whose hash the audit log keeps: JSON of `{system, messages: [{role, content}]}`
 * in this key order, without blanks, each content one string.
 */
export function canonicalPrompt(request: Pick<ProviderRequest, 'systemPrompt' | 'messages'>): string {
  return JSON.stringify({
    system: request.systemPrompt,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
  });
}
