import { card, chars, type Random } from './samples.ts';

const HEX = '0123456789abcdef';
const uuid = (r: Random): string => [8, 4, 4, 4, 12].map((length) => chars(r, HEX, length)).join('-');

/** Ordinary text that looks a little like a secret or an address and must stay as it is. */
export const DECOYS: readonly ((random: Random) => string)[] = [
  ...[
    'task-force and risk-based planning, desk-bound, ask-me-anything, disk-usage-analyzer-for-large-volumes',
    'import sklearn as sk; sk-learn, sk-force-something, sk-internationalization',
    '<div class="sk-circle-fade-dot sk-cube-grid sk-admin-panel-component-container sk-proj-name">',
    'Hey Jude, heyJude, eyJafjallajökull, heyJhbGciOi, eyJhbGciOiJIUzI1NiJ9 is a header, eyJhbGciOiJIUzI1NiJ9...',
    'data:application/json;base64,eyJ2ZXJzaW9uIjozLCJzb3VyY2VzIjpbImEudHMiXSwibmFtZXMiOltdfQ==',
    'git@github.com:org/repo.git ssh://git@gitlab.com/org/repo.git git clone git@bitbucket.org:a/b',
    'user@localhost root@db1 @scope/package pkg@1.2.3 react@19.0.0-rc.alpha lodash@^4.17 actions/checkout@v4',
    'logo@2x.png icon@3x.min.webp styles@print.css @media @app.route("/") this@MainActivity.finish() a @ b.com',
    '2026-11-22T10:00:00.000Z 2026-11-22 10:00:00 1763805600000 1763805600000000 20261122100000',
    '+49 170 1234567 (555) 123-4567 555-123-4567 1-800-555-0199 192.168.100.101 3.14159265358979323846',
    '000-12-3456 666-12-3456 900-12-3456 987-65-4321 123-00-4567 123-45-0000 123-45-67890 1123-45-6789',
    '12-123-45-6789 123-45-6789-1 123-456-789 123 45 6789 100 20 3000',
    '4111111111111112 4111 1111 1111 1112 0000000000000000 1234567890123456 9999 9999 9999 9999',
    '41111111111111111111 x4111111111111111 0.4111111111111111 4111-1111-1111 4111111111111111f',
    'ghp_short github_patches gho_st ghs_some_function_name_that_is_rather_long_indeed highs_and_lows',
    'AKIA AKIASHORT AKIAabcdefghijklmnop SOAKIA ASIAN MARKETS XAKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLEX',
    'xoxo-hugs-and-kisses-to-everybody-here npm_config_registry npm_lifecycle_event hf_hub_download AIza',
    'sk_live_ sk_test_mode_is_on whsec_ glpat-your-token-here sk-ant-api03-your-api-key-here sk-your-key',
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----',
    'A file that starts with -----BEGIN PRIVATE KEY----- is a key; see /etc/ssl/private/documentation.',
    'aws_secret_access_key = ${{ secrets.AWS_SECRET_ACCESS_KEY }} and secretAccessKey: process.env.SECRET',
    '[REDACTED_SECRET] [REDACTED_PII] x[REDACTED_PII]@[REDACTED_SECRET].com',
  ].map((text) => (): string => text),
  uuid,
  (r) => chars(r, HEX, 40),
  (r) => `sha512-${chars(r, HEX, 128)}`,
  (r) => `task-${uuid(r)} risk-${chars(r, HEX, 40)} sk-${uuid(r)}`,
  // One digit off: the check digit no longer fits.
  (r) => card(r, '4', 16).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10)),
];
