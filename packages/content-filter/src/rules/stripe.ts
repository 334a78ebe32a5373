import { ALNUM } from '../chars.ts';
import type { Rule } from '../engine/rule.ts';
import { prefixedRule } from './prefixed.ts';

/*
 * Stripe keys: `sk_` secret or `rk_` restricted + `live_` or `test_` + 24 to 99 letters and digits; webhook signing
 * secrets `whsec_` + 32 or more. Publishable keys (`pk_`) are meant to be public.
 * https://docs.stripe.com/keys https://docs.stripe.com/webhooks/signature
 */
export const stripeKey: Rule = prefixedRule({
  pattern: 'stripe_key',
  heads: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
  body: ALNUM,
  min: 20,
});
