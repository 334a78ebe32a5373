import type { MessagesRequest } from './fake-anthropic-rules.ts';

/** Token counts as the API reports them. */
export interface ReportedUsage {
  input_tokens: number;
  output_tokens: number;
  cache_creation_input_tokens?: number;
  cache_read_input_tokens?: number;
}

/** A message; streamed in `pieces` where a stream is asked, which may break off after them in several ways. */
export interface AnswerBehaviour {
  kind: 'answer';
  /** @default `Echo: ` and the last message, cut at `max_tokens`, four characters a token */
  text?: string;
  pieces?: string[];
  /** `null`: nothing is reported. @default counted by a quarter of the characters */
  usage?: ReportedUsage | null;
  stopReason?: string;
  /** @default the model that was asked */
  model?: string;
  breakOff?: 'reset' | 'silence' | 'error' | 'end';
}

/** An error status in the API's form. */
export interface ErrorBehaviour {
  kind: 'error';
  status: number;
  type?: string;
  message?: string;
  headers?: Record<string, string>;
}

/** How one request is answered. */
export type Behaviour =
  | AnswerBehaviour
  | ErrorBehaviour
  /** Status 200 with this body as it is. */
  | { kind: 'raw'; body: string; contentType?: string }
  /** The connection is reset before anything is sent. */
  | { kind: 'reset' }
  /** The connection is reset after the head and half of the body of a whole answer. */
  | { kind: 'half' }
  /** Nothing is ever sent. */
  | { kind: 'silence' };

/** Decides on a request; waiting holds it back. */
export type Script = (request: MessagesRequest, ordinal: number) => Behaviour | Promise<Behaviour>;

/** All kinds of tokens of a report. */
export function totalOf(usage: ReportedUsage | null): number {
  if (!usage) return 0;
  return usage.input_tokens + usage.output_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
}
