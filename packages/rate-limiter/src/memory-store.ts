import { add, DIMENSIONS } from './dimensions.ts';
import type { Amounts } from './dimensions.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import type { LimiterStore, StoreDecision, StoreReservation } from './store.ts';
import type { Usage } from './types.ts';

/** One number per dimension, in the order of DIMENSIONS: twice as fast as fields looked up by name. */
type Vector = number[];

const NOTHING: readonly number[] = [0, 0];

interface Account {
  key: string;
  spent: Vector;
  reserved: Vector;
  /** Leases that hold this account, also those of amount 0. */
  live: number;
}

interface LiveLease {
  request: StoreReservation;
  granted: Vector;
  accounts: Account[];
  expiresAt: number;
  slot: number;
}

/**
 * Counters in this process, for one process. Each operation is one synchronous step, so parallel callers
 * cannot come between its check and its act. A key without spending and leases takes no memory.
 */
export function memoryStore(): LimiterStore {
  const accounts = new Map<string, Account>();
  const leases = new Map<string, LiveLease>();
  const byId = new Map<string, LiveLease>();
  const expiring = new ExpiryQueue<LiveLease>();

  /** Ends a lease; `charge` is what stays spent. */
  function end(lease: LiveLease, charge: readonly number[]): void {
    leases.delete(lease.request.ref);
    if (lease.request.id !== undefined) byId.delete(lease.request.id);
    expiring.remove(lease);
    for (const account of lease.accounts) {
      let spent = 0;
      for (let d = 0; d < DIMENSIONS.length; d += 1) {
        account.reserved[d]! -= lease.granted[d]!;
        account.spent[d] = add(account.spent[d]!, charge[d]!);
        spent += account.spent[d]!;
      }
      account.live -= 1;
      // A forgotten account must not take the place of the one that followed it.
      if (account.live === 0 && spent === 0 && accounts.get(account.key) === account) accounts.delete(account.key);
    }
  }

  function reap(now: number): void {
    for (let lease = expiring.popExpired(now); lease !== undefined; lease = expiring.popExpired(now)) end(lease, lease.granted);
  }

  function open(key: string): Account {
    let account = accounts.get(key);
    if (account === undefined) {
      account = { key, spent: NOTHING.slice(), reserved: NOTHING.slice(), live: 0 };
      accounts.set(key, account);
    }
    return account;
  }

  function grant(request: StoreReservation, granted: Vector, now: number): StoreDecision {
    const held: Account[] = [];
    for (const { key } of request.scopes) {
      const account = open(key);
      for (let d = 0; d < DIMENSIONS.length; d += 1) account.reserved[d]! += granted[d]!;
      account.live += 1;
      held.push(account);
    }
    const lease: LiveLease = { request, granted, accounts: held, expiresAt: Infinity, slot: -1 };
    leases.set(request.ref, lease);
    if (request.id !== undefined) byId.set(request.id, lease);
    if (request.ttlMs !== undefined) {
      lease.expiresAt = now + request.ttlMs;
      expiring.push(lease);
    }
    return { kind: 'granted', ref: request.ref, granted: named(granted) };
  }

  return {
    reserve(request, now) {
      reap(now);
      const same = request.id === undefined ? undefined : byId.get(request.id);
      if (same !== undefined) {
        return sameRequest(same.request, request) ? { kind: 'granted', ref: same.request.ref, granted: named(same.granted) } : { kind: 'conflict' };
      }
      const granted = vector(request.amounts);
      for (let d = 0; d < DIMENSIONS.length; d += 1) {
        const dimension = DIMENSIONS[d]!;
        const least = dimension === 'tokens' ? request.leastTokens : granted[d]!;
        for (const { key, limits } of request.scopes) {
          const account = accounts.get(key);
          // Without a limit the counter itself is one: it holds whole numbers up to 2^53 − 1 exactly.
          const limit = limits[dimension] ?? Number.MAX_SAFE_INTEGER;
          const room = account === undefined ? limit : Math.max(0, limit - account.spent[d]! - account.reserved[d]!);
          if (room < least) {
            return { kind: 'denied', denial: { ok: false, scope: key, dimension, remaining: room, limit, reserved: account?.reserved[d] ?? 0 } };
          }
          if (room < granted[d]!) granted[d] = room;
        }
      }
      return grant(request, granted, now);
    },
    settle(ref, tokens, now) {
      reap(now);
      const lease = leases.get(ref);
      if (lease !== undefined) end(lease, tokens === undefined ? lease.granted : vector({ ...named(lease.granted), tokens }));
    },
    release(ref, now) {
      reap(now);
      const lease = leases.get(ref);
      if (lease !== undefined) end(lease, NOTHING);
    },
    usage(key, now): Usage {
      reap(now);
      const account = accounts.get(key);
      const spent = named(account?.spent ?? NOTHING);
      const reserved = named(account?.reserved ?? NOTHING);
      return { rounds: add(spent.rounds, reserved.rounds), tokens: add(spent.tokens, reserved.tokens), spent, reserved };
    },
    forget(key, now) {
      reap(now);
      accounts.delete(key);
    },
  };
}

function vector(amounts: Amounts): Vector {
  return [amounts.rounds, amounts.tokens];
}

function named(amounts: readonly number[]): Amounts {
  const [rounds = 0, tokens = 0] = amounts;
  return { rounds, tokens };
}

/** Whether a repeated id asks for the same thing: the same keys and amounts, in any order of scopes. */
function sameRequest(a: StoreReservation, b: StoreReservation): boolean {
  const keys = new Set(a.scopes.map(({ key }) => key));
  return (
    DIMENSIONS.every((dimension) => a.amounts[dimension] === b.amounts[dimension]) &&
    a.leastTokens === b.leastTokens &&
    a.scopes.length === b.scopes.length &&
    b.scopes.every(({ key }) => keys.has(key))
  );
}
