import type { Rule } from '../engine/rule.ts';
import { anthropicKey } from './anthropic.ts';
import { awsAccessKey, awsSecretKey } from './aws.ts';
import { creditCard } from './credit-card.ts';
import { email } from './email.ts';
import { githubAppToken, githubToken } from './github.ts';
import { gitlabToken } from './gitlab.ts';
import { googleApiKey } from './google.ts';
import { huggingfaceToken } from './huggingface.ts';
import { jwt } from './jwt.ts';
import { npmToken } from './npm.ts';
import { openaiKey, openaiNamedKey } from './openai.ts';
import { privateKey } from './private-key.ts';
import { slackToken } from './slack.ts';
import { ssn } from './ssn.ts';
import { stripeKey } from './stripe.ts';

/** The table of rules. The order is the priority where several claim the same place: the narrower rule first. */
export const RULES: readonly Rule[] = [
  anthropicKey,
  openaiNamedKey,
  openaiKey,
  githubAppToken,
  githubToken,
  awsAccessKey,
  awsSecretKey,
  jwt,
  privateKey,
  googleApiKey,
  slackToken,
  stripeKey,
  gitlabToken,
  npmToken,
  huggingfaceToken,
  ssn,
  creditCard,
  email,
];
