import { DIMENSIONS } from './dimensions.ts';
import type { Amounts } from './dimensions.ts';
import { invalid } from './errors.ts';
import type { StoreReservation } from './store.ts';
import type { Scope } from './types.ts';

const MAX_NAME = 512;
const MAX_SCOPES = 64;
const WHOLE = 'a whole number from 0 to 9007199254740991';

/** Copies and checks a request; what comes back shares nothing with the caller's objects. */
export function checkRequest(request: unknown, ref: string): StoreReservation {
  const { id, scopes, amounts, atLeast, ttlMs } = checkObject(request, 'request', ['id', 'scopes', 'amounts', 'atLeast', 'ttlMs']);
  const { rounds = 0, tokens = 0 } = checkAmounts(amounts, 'amounts');
  return {
    ref,
    id: id === undefined ? undefined : checkName(id, 'id'),
    scopes: checkScopes(scopes),
    amounts: { rounds, tokens },
    leastTokens: atLeast === undefined ? tokens : checkLeast(atLeast, tokens),
    ttlMs: ttlMs === undefined ? undefined : checkTtl(ttlMs),
  };
}

/** Checks what `settle` was told; undefined means "as granted". */
export function checkActual(actual: unknown): number | undefined {
  if (actual === undefined) return undefined;
  const { tokens } = checkObject(actual, 'actual', ['tokens']);
  return tokens === undefined ? undefined : checkWhole(tokens, 'actual.tokens');
}

/** Checks a key, an id: a string that is not empty and not a burden. */
export function checkName(value: unknown, field: string): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME) return value;
  throw invalid(field, value, `a string of 1 to ${MAX_NAME} characters`);
}

function checkScopes(value: unknown): Scope[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SCOPES) {
    throw invalid('scopes', value, `an array of 1 to ${MAX_SCOPES} scopes`);
  }
  const scopes: Scope[] = [];
  for (let index = 0; index < value.length; index += 1) {
    const field = `scopes[${index}]`;
    const scope = checkObject(value[index], field, ['key', 'limits']);
    const key = checkName(scope['key'], `${field}.key`);
    if (scopes.some((other) => other.key === key)) {
      throw invalid(`${field}.key`, key, 'different from the keys before it (give one scope per key, with the lower limits)');
    }
    scopes.push({ key, limits: checkAmounts(scope['limits'], `${field}.limits`, `${WHOLE}, or absent for no limit`) });
  }
  return scopes;
}

function checkAmounts(value: unknown, field: string, expected: string = WHOLE): Partial<Amounts> {
  const given = checkObject(value, field, DIMENSIONS);
  const amounts: Partial<Amounts> = {};
  for (const dimension of DIMENSIONS) {
    const amount = given[dimension];
    if (amount !== undefined) amounts[dimension] = checkWhole(amount, `${field}.${dimension}`, expected);
  }
  return amounts;
}

function checkLeast(value: unknown, tokens: number): number {
  const { tokens: least } = checkObject(value, 'atLeast', ['tokens']);
  const checked = checkWhole(least, 'atLeast.tokens');
  if (checked > tokens) throw invalid('atLeast.tokens', checked, `at most amounts.tokens (${tokens})`);
  return checked;
}

function checkTtl(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid('ttlMs', value, 'a whole number of milliseconds from 1');
}

function checkWhole(value: unknown, field: string, expected: string = WHOLE): number {
  // Adding 0 turns −0, which is a whole number too, into 0.
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value + 0;
  throw invalid(field, value, expected);
}

/** A misspelt field would be a limit that is not enforced, so unknown fields are refused. */
function checkObject(value: unknown, field: string, known: readonly string[]): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(field, value, 'an object');
  for (const name of Object.keys(value)) {
    if (!known.includes(name)) throw invalid(`${field}.${name.slice(0, 60)}`, Reflect.get(value, name), `absent (known fields: ${known.join(', ')})`);
  }
  return value as Record<string, unknown>;
}
