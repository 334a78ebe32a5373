import type { SamplingCall, ToolCallSummary, Warning } from '../types.ts';

/** Bounds of what one session keeps in memory: what user code can cause must not grow without end. */
export const LOG_BOUNDS = { calls: 1_000, refusals: 100, characters: 262_144, tools: 200, warnings: 50 } as const;

/** What one session's calls were, for its caller. */
export class CallLog {
  readonly calls: SamplingCall[] = [];
  readonly warnings: Warning[] = [];
  readonly #tools = new Map<string, ToolCallSummary>();
  #refusals = 0;
  #characters = 0;
  #rounds = 0;
  #tokens = 0;
  #durationMs = 0;

  /** True while a call that took no round would still be kept whole. */
  keepsRefusals(): boolean {
    return this.#refusals < LOG_BOUNDS.refusals && this.calls.length < LOG_BOUNDS.calls;
  }

  /** True where texts of this many characters would still be kept. */
  hasRoom(characters: number): boolean {
    return this.#characters + characters <= LOG_BOUNDS.characters;
  }

  /** Adds a call to the sums, and to the list while there is room. */
  add(call: SamplingCall, tookRound: boolean): void {
    this.#tokens += call.tokensUsed;
    this.#durationMs += call.durationMs;
    if (tookRound) this.#rounds++;
    else if (this.#refusals++ >= LOG_BOUNDS.refusals) return this.truncated();
    if (this.calls.length >= LOG_BOUNDS.calls) return this.truncated();
    const size = call.response.length + call.messages.reduce((sum, { content }) => sum + content.length, 0);
    if (!this.hasRoom(size)) {
      this.truncated();
      this.calls.push({ ...call, messages: [], response: '' });
      return;
    }
    this.#characters += size;
    this.calls.push(call);
  }

  /** Adds a tool call to the sums of its tool. */
  addTool(tool: string, durationMs: number, failed: boolean): void {
    const name = this.#tools.has(tool) || this.#tools.size < LOG_BOUNDS.tools ? tool : '(others)';
    const summary = this.#tools.get(name) ?? { tool: name, calls: 0, errors: 0, totalDurationMs: 0 };
    summary.calls++;
    if (failed) summary.errors++;
    summary.totalDurationMs += durationMs;
    this.#tools.set(name, summary);
  }

  /** Keeps a warning once. */
  warn(code: string, message: string): void {
    if (this.warnings.length >= LOG_BOUNDS.warnings) return;
    if (this.warnings.some((known) => known.code === code && known.message === message)) return;
    this.warnings.push({ code, message });
  }

  /** Sums per tool, in order of first call. */
  tools(): ToolCallSummary[] {
    return [...this.#tools.values()].map((summary) => ({ ...summary }));
  }

  /** Sums over the model calls. */
  totals(): { rounds: number; tokens: number; durationMs: number } {
    return { rounds: this.#rounds, tokens: this.#tokens, durationMs: this.#durationMs };
  }

  /** Warns that the list is not whole. */
  truncated(): void {
    this.warn('calls_truncated', 'Not every model call is listed in full; the sums count them all');
  }
}
