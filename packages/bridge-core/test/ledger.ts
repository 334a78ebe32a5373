import type { Amounts, LimiterPort, ReserveRequest } from '../src/index.ts';

/** A limiter for tests: all or nothing over its scopes, one end per lease, and everything it was asked. */
export interface Ledger extends LimiterPort {
  spent(key: string): { rounds: number; tokens: number };
  reserved(key: string): { rounds: number; tokens: number };
  /** Leases neither settled nor released. */
  open(): number;
  /** Largest number of tokens that were spent and reserved at one time, by key. */
  peak(key: string): number;
}

/** `shrinks: false` gives a ledger that ignores `atLeast`; `pause` runs before every answer. */
export function createLedger({ shrinks = true, pause = async () => undefined }: { shrinks?: boolean; pause?: () => Promise<void> } = {}): Ledger {
  const accounts = new Map<string, { spent: Required<Amounts>; reserved: Required<Amounts>; peak: number }>();
  const account = (key: string): { spent: Required<Amounts>; reserved: Required<Amounts>; peak: number } => {
    const known = accounts.get(key) ?? { spent: { rounds: 0, tokens: 0 }, reserved: { rounds: 0, tokens: 0 }, peak: 0 };
    accounts.set(key, known);
    return known;
  };
  let open = 0;

  function room(request: ReserveRequest, dimension: 'rounds' | 'tokens'): { scope: string; remaining: number } {
    const rooms = request.scopes.map(({ key, limits }) => {
      const { spent, reserved } = account(key);
      return { scope: key, remaining: (limits[dimension] ?? Number.POSITIVE_INFINITY) - spent[dimension] - reserved[dimension] };
    });
    return rooms.reduce((least, next) => (next.remaining < least.remaining ? next : least));
  }

  return {
    async reserve(request) {
      await pause();
      const granted = { rounds: request.amounts.rounds ?? 0, tokens: request.amounts.tokens ?? 0 };
      for (const dimension of ['rounds', 'tokens'] as const) {
        const { scope, remaining } = room(request, dimension);
        if (granted[dimension] <= remaining) continue;
        if (dimension === 'tokens' && shrinks && request.atLeast && request.atLeast.tokens <= remaining) granted.tokens = remaining;
        else return { ok: false, scope, dimension, remaining: Math.max(0, remaining) };
      }
      const touched = request.scopes.map(({ key }) => account(key));
      for (const each of touched) {
        each.reserved.rounds += granted.rounds;
        each.reserved.tokens += granted.tokens;
        each.peak = Math.max(each.peak, each.spent.tokens + each.reserved.tokens);
      }
      open++;
      let ended = false;
      const end = async (spent: Required<Amounts>): Promise<void> => {
        await pause();
        if (ended) throw new Error('a lease was ended twice');
        ended = true;
        open--;
        for (const each of touched) {
          each.reserved.rounds -= granted.rounds;
          each.reserved.tokens -= granted.tokens;
          each.spent.rounds += spent.rounds;
          each.spent.tokens += spent.tokens;
        }
      };
      const settle = ({ tokens }: { tokens?: number }): Promise<void> => end({ rounds: granted.rounds, tokens: tokens ?? granted.tokens });
      return { ok: true, lease: { granted, settle, release: () => end({ rounds: 0, tokens: 0 }) } };
    },
    async usage(key) {
      await pause();
      const { spent, reserved } = account(key);
      return { rounds: spent.rounds + reserved.rounds, tokens: spent.tokens + reserved.tokens };
    },
    spent: (key) => ({ ...account(key).spent }),
    reserved: (key) => ({ ...account(key).reserved }),
    open: () => open,
    peak: (key) => account(key).peak,
  };
}
