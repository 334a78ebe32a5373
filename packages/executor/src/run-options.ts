import { PolicyRefusal } from './policy.ts';

/**
 * The signal among the options of a run; undefined where none is given. Callers without types may pass anything.
 *
 * @throws {PolicyRefusal} for options that are no object, and a signal that is none
 */
export function signalOf(options: unknown): AbortSignal | undefined {
  if (typeof options !== 'object' || options === null) {
    throw new PolicyRefusal(`Invalid request: the options of a run are an object, got ${options === null ? 'null' : typeof options}`);
  }
  const { signal } = options as { signal?: unknown };
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new PolicyRefusal(`Invalid request: signal must be an AbortSignal, got ${signal === null ? 'null' : typeof signal}`);
}
