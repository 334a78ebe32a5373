/**
 * Reserve + settle pairs per CPU-second over three scopes, beside a bare counter in a Map in the same run,
 * and by how much 1,000 parallel callers pass a limit (which must be 0). Run: `node bench/pairs.ts`.
 */
import { createRateLimiter, memoryStore } from '../src/index.ts';

const PAIRS = 300_000;
const scopes = ['execution', 'tenant', 'global'].map((key) => ({ key, limits: { rounds: 1e12, tokens: 1e14 } }));

async function perCpuSecond(work: (count: number) => Promise<void>): Promise<number> {
  await work(PAIRS / 5);
  const start = process.cpuUsage();
  await work(PAIRS);
  const { user, system } = process.cpuUsage(start);
  return PAIRS / ((user + system) / 1e6);
}

async function bare(count: number): Promise<void> {
  const counters = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    for (const { key } of scopes) counters.set(key, (counters.get(key) ?? 0) + 100);
    await undefined;
    for (const { key } of scopes) counters.set(key, (counters.get(key) ?? 0) - 25);
    await undefined;
  }
}

async function ledger(count: number): Promise<void> {
  const limiter = createRateLimiter();
  for (let i = 0; i < count; i += 1) {
    const answer = await limiter.reserve({ scopes, amounts: { rounds: 1, tokens: 100 }, ttlMs: 60_000 });
    if (answer.ok) await answer.lease.settle({ tokens: 75 });
  }
}

async function storeAlone(count: number): Promise<void> {
  const store = memoryStore();
  const amounts = { rounds: 1, tokens: 100 };
  for (let i = 0; i < count; i += 1) {
    await store.reserve({ ref: `${i}`, id: undefined, scopes, amounts, leastTokens: 100, ttlMs: undefined }, 0);
    await store.settle(`${i}`, 75, 0);
  }
}

async function overshoot(): Promise<number> {
  const limiter = createRateLimiter();
  const limits = { rounds: 1_000, tokens: 50_000 };
  await Promise.all(
    Array.from({ length: 1_000 }, async (_, caller) => {
      for (let i = 0; i < 20; i += 1) {
        const answer = await limiter.reserve({ scopes: [{ key: 'e', limits }], amounts: { rounds: 1, tokens: 100 + caller } });
        if (answer.ok) await answer.lease.settle({ tokens: caller });
      }
    }),
  );
  const { rounds, tokens } = await limiter.usage('e');
  return Math.max(0, rounds - limits.rounds, tokens - limits.tokens);
}

const rates = { bare: await perCpuSecond(bare), store: await perCpuSecond(storeAlone), ledger: await perCpuSecond(ledger) };
const row = (name: string, rate: number): string => `${name.padEnd(44)}${Math.round(rate / 1_000)}k pairs/cpu-s  ${(rate / rates.bare).toFixed(2)} x`;
const over = await overshoot();
process.stdout.write(
  [
    row('bare Map counter, no limits', rates.bare),
    row('memoryStore alone', rates.store),
    row('reserve + settle, three scopes, with ttl', rates.ledger),
    `overshoot of 20,000 calls by 1,000 callers: ${over}`,
    '',
  ].join('\n'),
);
if (over > 0) process.exitCode = 1;
