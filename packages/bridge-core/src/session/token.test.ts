import { describe, expect, it } from 'vitest';
import { createToken, TokenRegistry } from './token.ts';

describe('session tokens', () => {
  it('are 43 base64url characters and never the same', () => {
    const tokens = new Set(Array.from({ length: 1_000 }, createToken));
    expect(tokens.size).toBe(1_000);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('find their own session, and nothing once revoked', () => {
    const registry = new TokenRegistry<string>();
    const [a, b] = [createToken(), createToken()];
    const revoke = registry.add(a, 'A');
    registry.add(b, 'B');
    expect([registry.find(a), registry.find(b)]).toEqual(['A', 'B']);
    revoke();
    expect([registry.find(a), registry.find(b)]).toEqual([undefined, 'B']);
  });

  it('do not match in any other form: cut, extended, padded, empty, another character', () => {
    const registry = new TokenRegistry<string>();
    const token = createToken();
    registry.add(token, 'A');
    for (const wrong of ['', token.slice(1), `${token}A`, `${token}=`, ` ${token}`, `${token}\n`, token.replace(/.$/, '!'), 'x'.repeat(10_000)]) {
      expect(registry.find(wrong)).toBeUndefined();
    }
  });

  it('differ by any one character', () => {
    const registry = new TokenRegistry<string>();
    const token = createToken();
    registry.add(token, 'A');
    for (let i = 0; i < token.length; i++) {
      const changed = token.slice(0, i) + (token[i] === 'A' ? 'B' : 'A') + token.slice(i + 1);
      expect(registry.find(changed)).toBeUndefined();
    }
  });
});
