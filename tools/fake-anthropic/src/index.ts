export type { AnswerBehaviour, Behaviour, ErrorBehaviour, ReportedUsage, Script } from './behaviour.ts';
export { tokensIn, type MessagesRequest } from './fake-anthropic-rules.ts';
export { startFakeAnthropic, type FakeAnthropic, type FakeAnthropicOptions } from './fake-anthropic.ts';
