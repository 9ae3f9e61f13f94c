import { UrlSigner } from '../../access/url-signer.ts';
import { signAsymmetric } from '../jwt.ts';
import { type Attack, ATTACKED_KEYS, type Claims, ec, ed, hs, NOW_SECONDS, signText } from './attack-keys.ts';

const HS256 = '{"alg":"HS256"}';

/** Well-signed tokens that are over, not yet valid, or say so in a way that cannot be understood. */
export function timeAttacks(claims: Claims): readonly Attack[] {
  const timed = (exp: unknown, more: Claims = {}) => hs({ ...claims, exp, ...more });
  const raw = (text: string) => signText(HS256, `${JSON.stringify(claims).slice(0, -1)},"exp":${text}}`);
  return [
    ['that expired', timed(NOW_SECONDS - 1)],
    ['that expired long ago', timed(0)],
    ['that expired before the epoch', timed(-1)],
    ['that expired a fraction ago', timed(NOW_SECONDS - 0.5)],
    ['whose expiry is a very small number', timed(-1e308)],
    ['asymmetric, that expired', signAsymmetric(ec, { ...claims, exp: NOW_SECONDS - 1 })],
    ['whose expiry is a text', timed(String(NOW_SECONDS + 100))],
    ['whose expiry is a date', timed('2099-01-01T00:00:00Z')],
    ['whose expiry is the word Infinity', timed('Infinity')],
    ['whose expiry is beyond numbers', raw('1e999')],
    ['whose expiry is said twice, at last in the past', raw('4102444800,"exp":1')],
    ['whose expiry is null', timed(null)],
    ['whose expiry is true', timed(true)],
    ['whose expiry is a list', timed([NOW_SECONDS + 100])],
    ['whose expiry is an object', timed({ valueOf: NOW_SECONDS + 100 })],
    ['that is not valid yet', timed(NOW_SECONDS + 3600, { nbf: NOW_SECONDS + 600 })],
    ['that will never be valid', raw('4102444800,"nbf":1e999')],
    ['whose start is a text', timed(NOW_SECONDS + 3600, { nbf: 'soon' })],
    ['whose start is null', timed(NOW_SECONDS + 3600, { nbf: null })],
    ['whose issue is a text', timed(NOW_SECONDS + 3600, { iat: 'yesterday' })],
    ['whose issue is an object', timed(NOW_SECONDS + 3600, { iat: {} })],
  ];
}

const FORBIDDEN_ROLES: readonly unknown[] = [
  'postgres',
  'supabase_admin',
  'supabase_storage_admin',
  'authenticator',
  'none',
  'public',
  'pg_read_all_data',
  'pg_execute_server_program',
  'current_user',
  'session_user',
  'SERVICE_ROLE',
  'Service_Role',
  'service_role ',
  ' service_role',
  'service_role\n',
  'service_role\u0000',
  'service_role\u200b',
  '\uff53ervice_role',
  '"service_role"',
  `service_role'; reset role; --`,
  `anon"; set role postgres; --`,
  'anon,service_role',
  '',
  ' ',
  'toString',
  '__proto__',
  ['service_role'],
  ['anon', 'service_role'],
  [],
  null,
  true,
  false,
  0,
  1,
  { name: 'service_role' },
  {},
];

/** Well-signed tokens that name a role which nobody may take on, and tokens that are for something else. */
export function roleAttacks(claims: Claims): readonly Attack[] {
  const [secret] = ATTACKED_KEYS;
  const signer = new UrlSigner([secret]);
  return [
    ...FORBIDDEN_ROLES.map((role): Attack => [`of the role ${JSON.stringify(role)}`, hs({ ...claims, role })]),
    ['of a role that is said twice, at last postgres', signText(HS256, '{"role":"service_role","role":"postgres"}')],
    ['asymmetric, of a role that is not allowed', signAsymmetric(ed, { ...claims, role: 'postgres' })],
    ['that is a signed download link', signer.signDownload('box/doc', 60)],
    ['that is a signed link to a picture', signer.signDownload('box/doc', 60, { transformations: 'width:10' })],
    ['that is a signed upload link', signer.signUpload('box/doc', { upsert: true, owner: '' }, 60)],
  ];
}
