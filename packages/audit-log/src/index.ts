/**
 * A tamper-evident log of model calls, tool calls and executions that holds no plaintext, and its verifier.
 * Start at {@link openAuditLog} and {@link verifyAuditLog}.
 */
export type { AuditEntryInput, AuditRecord, ContentViolation, ExecutionEntry, RecoveredReason, SamplingEntry, ToolEntry } from './entries.ts';
export { AuditLogError } from './errors.ts';
export type { AuditLogErrorCode } from './errors.ts';
export type { TextHash } from './hashes.ts';
export { hashText } from './key.ts';
export type { KeySource } from './key.ts';
export { openAuditLog } from './open-audit-log.ts';
export type { AuditLog, AuditLogOptions } from './open-audit-log.ts';
export { readAuditLog } from './read-audit-log.ts';
export type { AuditLogLine } from './read-audit-log.ts';
export { verifyAuditLog } from './verify-audit-log.ts';
export type { VerifyOptions, VerifyResult } from './verify-audit-log.ts';
