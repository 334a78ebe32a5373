import type { AuditEntryInput, AuditPort, Clock, FilterPort, Provider, ProviderRequest, ProviderResult, SampleResponse, Session, Violation } from '../src/index.ts';

/** A reply of `/sample`, whole. */
export interface Reply {
  status: number;
  body: Partial<SampleResponse> & { error?: string; code?: string; quotaRemaining?: { rounds: number; tokens: number }; result?: unknown; tools?: unknown[] };
}

/** Calls a path of the bridge as the sandbox does. */
export async function post(bridge: { url: string }, session: Session, path: string, body: unknown, signal?: AbortSignal): Promise<Reply> {
  const response = await fetch(`${bridge.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return { status: response.status, body: (await response.json()) as Reply['body'] };
}

/** Asks one question. */
export function ask(bridge: { url: string }, session: Session, prompt: string, options: object = {}, signal?: AbortSignal): Promise<Reply> {
  return post(bridge, session, '/sample', { messages: [{ role: 'user', content: prompt }], ...options }, signal);
}

/** Asks for a stream and reads its events to the end. */
export async function askStream(bridge: { url: string }, session: Session, prompt: string, options: object = {}): Promise<{ status: number; events: { event: string; data: Record<string, unknown> }[] }> {
  const response = await fetch(`${bridge.url}/sample`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: prompt }], stream: true, ...options }),
  });
  return { status: response.status, events: parseEvents(await response.text()) };
}

/** Server-sent events of a whole text. */
export function parseEvents(text: string): { event: string; data: Record<string, unknown> }[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const [event = '', data = ''] = block.split('\n');
      return { event: event.replace('event: ', ''), data: JSON.parse(data.replace('data: ', '')) as Record<string, unknown> };
    });
}

/** A provider that answers by a function; `requests` are those handed to it. */
export function fakeProvider(answer: (request: ProviderRequest, signal: AbortSignal) => Promise<ProviderResult> | ProviderResult): Provider & { requests: ProviderRequest[] } {
  const requests: ProviderRequest[] = [];
  return {
    name: 'fake',
    requests,
    async complete(request, { signal }) {
      requests.push(request);
      return answer(request, signal);
    },
  };
}

/** An answer with this usage. */
export function result(text: string, inputTokens = 1, outputTokens = 1): ProviderResult {
  return { text, model: 'fake', stopReason: 'end_turn', usage: { inputTokens, outputTokens } };
}

/** An audit log that keeps its entries in memory. */
export function memoryAudit(): AuditPort & { entries: AuditEntryInput[] } {
  const entries: AuditEntryInput[] = [];
  return { entries, append: async (entry) => void entries.push(entry) };
}

/** Takes `SECRET` for a secret and `PERSON` for personal data; its stream holds back what could begin one. */
export function wordFilter(): FilterPort {
  const words: [string, Violation['type'], string][] = [
    ['SECRET', 'secret', 'word_secret'],
    ['PERSON', 'pii', 'word_person'],
  ];
  const redact = (text: string): { text: string; violations: Violation[] } => {
    let filtered = text;
    const violations: Violation[] = [];
    for (const [word, type, pattern] of words) {
      const count = filtered.split(word).length - 1;
      filtered = filtered.replaceAll(word, type === 'secret' ? '[REDACTED_SECRET]' : '[REDACTED_PII]');
      if (count > 0) violations.push({ type, pattern, count });
    }
    return { text: filtered, violations };
  };
  return {
    redact,
    createStream() {
      let held = '';
      return {
        write(chunk) {
          const { text } = redact(held + chunk);
          const keep = [5, 4, 3, 2, 1].find((n) => words.some(([word]) => text.endsWith(word.slice(0, n)))) ?? 0;
          held = text.slice(text.length - keep);
          return text.slice(0, text.length - keep);
        },
        end: () => held,
      };
    },
  };
}

/** A clock that stands still until it is moved. */
export function manualClock(): Clock & { advance(ms: number): void; pending(): number } {
  let now = Date.parse('2026-11-01T00:00:00Z');
  let timers: { at: number; fn: () => void }[] = [];
  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + ms, fn };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    advance(ms) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { fn } of due) fn();
    },
    pending: () => timers.length,
  };
}

/** A promise with its ends outside. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  return Promise.withResolvers<T>();
}
