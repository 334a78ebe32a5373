import { within } from '../clock.ts';
import { BridgeError } from '../errors.ts';
import type { AuditEntryInput } from '../ports.ts';
import type { SessionState } from '../session/session.ts';

/** Milliseconds that the audit log may take to keep an entry. */
export const AUDIT_TIMEOUT_MS = 10_000;

/**
 * Step 6: hands an entry to the audit log and waits until it is kept. What was not logged has failed: a whole answer is
 * withheld, a stream ends in the error instead of `done`.
 *
 * @throws {BridgeError} `audit_unavailable`
 */
export async function audit(session: SessionState, entry: AuditEntryInput): Promise<void> {
  const { audit: log, clock } = session.options;
  if (!log) return;
  const late = (): Error => new Error(`no reply within ${AUDIT_TIMEOUT_MS} ms`);
  try {
    await within(clock, AUDIT_TIMEOUT_MS, log.append(entry), late);
  } catch (error) {
    session.options.log(`audit: an entry could not be kept: ${String(error)}`);
    throw new BridgeError('audit_unavailable', 'The audit log could not be written, so the call failed', { cause: error });
  }
}
